package dev.lms.demo.view;

import dev.lms.demo.http.Handler;
import dev.lms.demo.http.Route;
import dev.lms.pagecache.PageRule;
import java.util.Optional;

/**
 * A route of the site and how its pages may be stored.
 *
 * @param rule empty for pages that are never stored
 */
public record PageRoute(Route route, Optional<PageRule> rule) {

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
