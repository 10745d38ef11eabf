// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.observation;

import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Watches requests on their way through the cache: for spans and for meters of one's own. {@code
 * PageCache.stats()} counts them without one. Pass it to {@code PageCache.Builder.observer}.
 *
 * <p>Many threads call it at once, and their requests wait for it. What it throws is logged and
 * changes nothing.
 */
public interface PageObserver {
  /**
   * The cache was built.
   *
   * @param bytes how many bytes of memory pages take in this process
   * @param sharedBytes how many bytes the pages of all nodes take in the store they share, which is
   *     asked; zero without such a store
   */
  default void watches(LongSupplier bytes, LongSupplier sharedBytes) {}

  /**
   * A request reached the cache, or the render of a stale page begins that no request waits for.
   * Who is asking is found out after this.
   *
   * @param route the name of the route, as in {@code CacheStats}: empty if it has none; past the
   *     first thousand, all are {@code other}
   * @return is told what becomes of it, on this thread
   */
  Served begins(String route);

  /** A request on its way. */
  interface Served {
    /**
     * The handler is about to run. It may run twice for a request.
     *
     * @return is told when it has ended, on this thread
     */
    Render renders();

    /**
     * The answer was sent or failed, or goes on in another thread of the server. Called once.
     *
     * @param verdict what the cache made of it
     * @param failure what was thrown, by the handler or because the client has disconnected
     */
    void ended(Verdict verdict, Optional<Throwable> failure);
  }

  /** A run of the handler. */
  @FunctionalInterface
  interface Render {
    /**
     * The handler ended. Called once, before what it answered is judged.
     *
     * @param failure what it threw
     */
    void ended(Optional<Throwable> failure);
  }

  /**
   * What the cache made of a request: the content of {@code Cache-Status}, without times.
   *
   * @param result {@code hit}, {@code stale}, {@code collapsed} (another request's render
   *     answered), {@code miss} or {@code bypass}; {@code background} for a render that no request
   *     waits for
   * @param variant the token of what those have in common who would share the page, such as {@code
   *     anon}
   * @param stored whether the page was stored now
   * @param reason the token of the reason why it neither came from the cache nor was stored
   */
  record Verdict(String result, String variant, boolean stored, Optional<String> reason) {}
}
