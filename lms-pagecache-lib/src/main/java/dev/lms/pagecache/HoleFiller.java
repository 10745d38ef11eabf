// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.io.IOException;

/**
 * Fills one hole of a shared page for the person who asks. Called once per answer that has the
 * hole, by several threads.
 *
 * @param <E> what the server calls a request, such as its exchange
 */
@FunctionalInterface
public interface HoleFiller<E> {
  /**
   * Computes the content of the hole.
   *
   * @param exchange the exchange that the cache was given, to read only
   * @return what goes into the page, in UTF-8; it is not escaped, the filler does that
   * @throws IOException if the content cannot be found out; the request then fails
   */
  String fill(E exchange) throws IOException;
}
