// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import java.time.Duration;
import java.util.Set;

/**
 * What a route declares about its pages, as far as decisions depend on it.
 *
 * @param decider who has the say about storing
 * @param ttl how long a page is fresh; where the answer decides, the longest lifetime of one that
 *     gives none itself
 * @param headers lower-case names of the request headers in the key
 * @param publicDespiteAuthorization whether credentials do not matter
 * @param staleWhileRevalidate how long a stale page is served while it is rendered again
 * @param staleIfError how long a stale page stands in for a render that fails
 */
public record Terms(
    Decider decider,
    Duration ttl,
    Set<String> headers,
    boolean publicDespiteAuthorization,
    Duration staleWhileRevalidate,
    Duration staleIfError) {
  /** Who has the say about storing. */
  public enum Decider {
    /** The route; an answer can only shorten and forbid. */
    RULE,
    /** The answer, as RFC 9111 asks of a shared cache. */
    ANSWER
  }

  /** {@return whether the answer decides about storing} */
  public boolean followRfc9111() {
    return decider == Decider.ANSWER;
  }
}
