// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import dev.lms.demo.http.Handler;
import dev.lms.demo.http.Route;
import dev.lms.pagecache.PageRule;
import dev.lms.session.OutagePolicy;
import java.util.Optional;

/**
 * A route of the site, how its pages may be stored, and what becomes of them while sessions cannot
 * be looked up.
 *
 * @param rule empty for pages that are never stored
 */
public record PageRoute(Route route, Optional<PageRule> rule, OutagePolicy outage) {

  /** A route that fails closed. */
  public PageRoute(Route route, Optional<PageRule> rule) {
    this(route, rule, OutagePolicy.FAIL_CLOSED);
  }

  /**
   * This route in an outage: everybody may read its page, as an anonymous visitor without a
   * passport.
   */
  public PageRoute anonymousInOutage() {
    return new PageRoute(route, rule, OutagePolicy.TREAT_AS_ANONYMOUS);
  }

  /** This route in an outage: whoever has a passport may read its page. */
  public PageRoute onPassportInOutage() {
    return new PageRoute(route, rule, OutagePolicy.PASSPORT);
  }

  /** A page that may be stored. */
  public static PageRoute get(String pattern, PageRule rule, Handler handler) {
    return new PageRoute(Route.get(pattern, handler), Optional.of(rule));
  }

  /** A page that is never stored. */
  public static PageRoute get(String pattern, Handler handler) {
    return new PageRoute(Route.get(pattern, handler), Optional.empty());
  }

  /** An action; its answer is never stored. */
  public static PageRoute post(String pattern, Handler handler) {
    return new PageRoute(Route.post(pattern, handler), Optional.empty());
  }
}
