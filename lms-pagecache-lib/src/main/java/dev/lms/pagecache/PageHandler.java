// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.io.IOException;

/**
 * The handler behind the cache, as the adapter of a server runs it.
 *
 * @param <E> what the server calls a request, such as its exchange
 */
public interface PageHandler<E> {
  /**
   * {@return whether the handler can be run more than once for a request} If not, stored pages are
   * not validated with it, stale ones are not rendered after the request that got them, and there
   * is no {@link PageAudit}.
   */
  default boolean runsAgain() {
    return true;
  }

  /**
   * Runs the handler. If it {@linkplain #runsAgain runs again}, the cache may call it twice for one
   * request, and once more on another thread after the request was answered.
   *
   * @param render what the handler sees, and where it answers
   * @throws IOException from the handler
   */
  void handle(PageRender render) throws IOException;

  /**
   * {@return the server's exchange with another request in place of its own, for functions that
   * look at the request} Nothing can be answered through it; it has the attributes of the original.
   *
   * @param request what the exchange shows
   */
  E showing(PageRequest request);

  /**
   * {@return a handler that does the same for another exchange in place of its own, for {@link
   * PageAudit}}
   *
   * @param exchange what the handler sees; it is not answered through it
   */
  PageHandler<E> on(E exchange);
}
