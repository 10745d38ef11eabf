// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Observation;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.util.Optional;

/** Runs the handler of a page. */
@FunctionalInterface
interface Renderer {
  /**
   * Renders, and judges what came out.
   *
   * @param key what it would be stored under
   * @param stale an older page, which the handler may be asked to confirm (RFC 9111 section 4.3)
   * @param nothingToShare may be run before the end, as soon as it is clear that the answer cannot
   *     be shared: those who wait for it go on by themselves
   * @return the page, or why there is none
   * @throws IOException from the handler
   */
  Result render(PageKey key, Optional<Page> stale, Runnable nothingToShare) throws IOException;

  /** Whether it can render when the request that it belongs to was answered. */
  default boolean rendersLater() {
    return true;
  }

  /** What is told of a render that no request waits for. */
  default Observation<Outcome> observation() {
    return Counters.UNWATCHED;
  }

  /** What came out of a render. */
  sealed interface Result {}

  /**
   * A page that may be stored.
   *
   * @param page the page
   * @param key what it is stored under, apart from what it varies by: the variant need not be the
   *     one that was asked for
   */
  record Storable(Page page, PageKey key) implements Result {}

  /**
   * An answer for this request only.
   *
   * @param reason why
   */
  record Passed(Reason reason) implements Result {}
}
