package dev.lms.pagecache;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * One run of a handler, as its adapter sees it: what the handler may know of the request, and where
 * it answers. The answer is held back until it is whole, or goes on as it is written when nobody
 * needs it whole.
 *
 * <p>Whatever a handler reads that is not part of the key has to be told: the page is then kept
 * from those whom it might not suit. In doubt, tell.
 */
public interface PageRender {
  /**
   * The request as the handler sees it. If it is the very request that the adapter has shown, the
   * handler may see all of it. Looking at it here tells nothing of what the handler reads.
   *
   * @return the request
   */
  PageRequest request();

  /**
   * The handler reads, or may have read, a header field.
   *
   * @param field its name, in any case
   */
  void reads(String field);

  /** The handler reads all header fields, or which there are. */
  void readsAll();

  /** The handler looks at the connection: addresses, or how the client is known. */
  void readsConnection();

  /** The handler gets to know who is at the other end: a name that was proved to the server. */
  void readsPeer();

  /**
   * A marker for a hole.
   *
   * @param name a hole that has a filler
   * @return letters, digits and hyphens, to be written where the hole is
   * @throws IllegalArgumentException if there is no such hole
   * @throws IllegalStateException if the answer was begun
   */
  String hole(String name);

  /**
   * Who will share the page. Reading it does not make the page personal.
   *
   * @return the variant
   */
  Variant variant();

  /**
   * The status of the handler's answer.
   *
   * @return negative until it was begun
   */
  int status();

  /**
   * The handler begins its answer.
   *
   * @param status the status code
   * @param fields the header fields; copied
   * @param length as for {@link PageAnswer#begin}
   * @throws IOException if it was begun already, or the client is gone
   */
  void begin(int status, Map<String, List<String>> fields, long length) throws IOException;

  /**
   * Where the handler writes its body, once it was begun.
   *
   * @return the same stream each time
   */
  OutputStream body();

  /** The handler ends its answer, or gives it up. */
  void close();
}
