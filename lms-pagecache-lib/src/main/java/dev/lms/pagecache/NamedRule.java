// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.util.Optional;

/**
 * The rule of a route with the route's name.
 *
 * @param route a name for statistics and explanations from a bounded set, such as the route's
 *     pattern; never the path that a visitor sent
 * @param rule what the route declares about its pages; empty if they are never cached
 */
public record NamedRule(String route, Optional<PageRule> rule) {
  /** Whether the answers of the route decide about storing. */
  boolean followsRfc9111() {
    return rule.isPresent() && rule.get().profile() == PageRule.Profile.RFC9111;
  }
}
