package dev.lms.pagecache;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What is asked: a request as an adapter shows it to the cache, and the cache to a handler. Nothing
 * of it changes while it is served, apart from fields that filters in front of the cache add.
 */
public interface PageRequest {
  /**
   * The method.
   *
   * @return in upper case, as it stood in the request
   */
  String method();

  /**
   * The request target, as it stood in the request: raw, and with a host only if it named one
   * there.
   *
   * @return the target
   */
  URI target();

  /**
   * The lines of a header field. Asked at every hit, mostly for fields that are not there.
   *
   * @param name its name, in any case
   * @return the lines in order; empty if there is none
   */
  List<String> lines(String name);

  /**
   * All header fields.
   *
   * @return the lines of each name; names in any case, to be read only
   */
  Map<String, List<String>> fields();

  /**
   * Whether it was answered already and is rendered once more for those who come later. Nobody is
   * at its other end, and it has no body.
   *
   * @return false for the requests of an adapter
   */
  default boolean isOver() {
    return false;
  }
}
