package dev.lms.pagecache;

import java.io.IOException;

/**
 * Fills one hole for the person who is asking. Called once per answer that has the hole.
 *
 * @param <E> what the server calls a request on its way, such as its exchange
 */
@FunctionalInterface
public interface HoleFiller<E> {
  /**
   * The value of the hole.
   *
   * @param exchange the exchange the cache was given, to read only
   * @return what goes into the page, in UTF-8; trusted: escaping is the filler's business
   * @throws IOException if it cannot be found out; the request then fails
   */
  String fill(E exchange) throws IOException;
}
