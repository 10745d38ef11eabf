package dev.lms.demo.view;

import dev.lms.demo.http.Handler;
import dev.lms.demo.http.Route;

/** A route of the site and how its pages may be stored. */
public record PageRoute(Route route, Caching caching) {

  /** A page. */
  public static PageRoute get(String pattern, Caching caching, Handler handler) {
    return new PageRoute(Route.get(pattern, handler), caching);
  }

  /** An action; its answer is never stored. */
  public static PageRoute post(String pattern, Handler handler) {
    return new PageRoute(Route.post(pattern, handler), Caching.NEVER);
  }
}
