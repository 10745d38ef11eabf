// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

/**
 * One line of the site's map.
 *
 * @param method an HTTP method; a {@code GET} route also answers {@code HEAD}
 * @param pattern a path in which whole segments may be variables: {@code /course/{code}/view}
 * @param handler what answers
 */
public record Route(String method, String pattern, Handler handler) {

  /** A route for {@code GET} and {@code HEAD}. */
  public static Route get(String pattern, Handler handler) {
    return new Route("GET", pattern, handler);
  }

  /** A route for {@code POST}. */
  public static Route post(String pattern, Handler handler) {
    return new Route("POST", pattern, handler);
  }
}
