package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** Fills one hole for the person who is asking. Called once per answer that has the hole. */
@FunctionalInterface
public interface HoleFiller {
  /**
   * The value of the hole.
   *
   * @param exchange the exchange the filter was given, to read only
   * @return what goes into the page, in UTF-8; trusted: escaping is the filler's business
   * @throws IOException if it cannot be found out; the request then fails
   */
  String fill(HttpExchange exchange) throws IOException;
}
