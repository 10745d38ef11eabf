package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field that most messages do not have. {@link Headers} makes a normal form of each name it is
 * asked for, at each hit again; its set of names is asked for that form right away.
 *
 * @param normalName the name as {@link Headers} keeps it
 */
record RareField(String normalName) {
  /** A field by its name, in any case. */
  static RareField named(String name) {
    Headers only = new Headers();
    only.set(name, "");
    return new RareField(only.keySet().iterator().next());
  }

  boolean isIn(Headers headers) {
    return headers.keySet().contains(normalName);
  }

  /** The first line, or null if there is none. */
  @Nullable String first(Headers headers) {
    return isIn(headers) ? headers.getFirst(normalName) : null;
  }

  /** All lines; empty if there is none. */
  List<String> lines(Headers headers) {
    List<String> lines = isIn(headers) ? headers.get(normalName) : null;
    return lines == null ? List.of() : lines;
  }
}
