// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Finds the route of a request by its raw path, and lets it answer. Immutable.
 *
 * <p>Literal segments win over variables, from left to right, whatever the order of the routes. A
 * {@link HttpProblem} thrown by a handler becomes its answer here, inside all filters, so that they
 * see an answer like any other.
 */
public final class Router implements HttpHandler {

  /**
   * A route and what its variables hold for one request.
   *
   * @param variables decoded
   */
  public record Match(Route route, Map<String, String> variables) {}

  private record Compiled(Route route, List<String> segments) {

    boolean isLiteral() {
      return segments.stream().noneMatch(Router::isVariable);
    }

    /** Goes along the path and takes nothing out of it: most routes are not the one. */
    boolean matches(String path) {
      int begin = 1;
      for (int i = 0; i < segments.size(); i++) {
        String segment = segments.get(i);
        int end = endOfSegment(path, begin);
        boolean isLast = i == segments.size() - 1;
        boolean fits =
            isVariable(segment)
                ? end > begin
                : end - begin == segment.length() && path.startsWith(segment, begin);
        if (!fits || isLast != (end == path.length())) {
          return false;
        }
        begin = end + 1;
      }
      return true;
    }

    /** What the variables hold in a path that matches. */
    Match match(String path) {
      Map<String, String> variables = new LinkedHashMap<>();
      int begin = 1;
      for (String segment : segments) {
        int end = endOfSegment(path, begin);
        if (isVariable(segment)) {
          variables.put(
              segment.substring(1, segment.length() - 1),
              Percent.decodePath(path.substring(begin, end)));
        }
        begin = end + 1;
      }
      return new Match(route, variables);
    }
  }

  private final List<Compiled> routes;

  /** Those without variables, by method and path: each request is matched several times. */
  private final Map<String, Map<String, Optional<Match>>> literals;

  private final Map<String, List<Compiled>> byFirstSegment;
  private final List<Compiled> byVariable;
  private final ProblemPage problemPage;
  private final Consumer<HttpExchange> whenThrown;

  /** A router for these routes that answers problems with a plain page. */
  public Router(List<Route> routes) {
    this(routes, Answer::plainPage);
  }

  /**
   * A router for these routes.
   *
   * @param problemPage writes the page that tells a person of a problem
   * @throws IllegalArgumentException when a pattern is malformed or two routes answer the same
   */
  public Router(List<Route> routes, ProblemPage problemPage) {
    this(routes, problemPage, exchange -> {});
  }

  /**
   * A router for these routes that lets nothing stay half done.
   *
   * @param problemPage writes the page that tells a person of a problem
   * @param whenThrown is told when a handler has thrown, before anything is answered; must not fail
   * @throws IllegalArgumentException when a pattern is malformed or two routes answer the same
   */
  public Router(List<Route> routes, ProblemPage problemPage, Consumer<HttpExchange> whenThrown) {
    this.problemPage = problemPage;
    this.whenThrown = whenThrown;
    List<Compiled> compiled = new ArrayList<>();
    Map<String, Route> shapes = new HashMap<>();
    for (Route route : routes) {
      List<String> segments = List.of(split(route.pattern()));
      String shape = route.method() + " " + shape(segments, route);
      Route twin = shapes.putIfAbsent(shape, route);
      if (twin != null) {
        throw new IllegalArgumentException(
            "two routes answer " + route.method() + " " + route.pattern());
      }
      compiled.add(new Compiled(route, segments));
    }
    compiled.sort(Comparator.comparing(c -> shape(c.segments(), c.route())));
    this.routes = List.copyOf(compiled);
    this.literals =
        this.routes.stream()
            .filter(Compiled::isLiteral)
            .map(Compiled::route)
            .collect(
                Collectors.groupingBy(
                    Route::method,
                    Collectors.toMap(
                        Route::pattern, route -> Optional.of(new Match(route, Map.of())))));
    this.byFirstSegment =
        this.routes.stream()
            .filter(route -> !isVariable(route.segments().get(0)))
            .collect(Collectors.groupingBy(route -> route.segments().get(0)));
    this.byVariable =
        this.routes.stream().filter(route -> isVariable(route.segments().get(0))).toList();
  }

  /** Sorts literals before variables: the mark of a variable is greater than any path character. */
  private static String shape(List<String> segments, Route route) {
    StringBuilder shape = new StringBuilder();
    for (String segment : segments) {
      boolean variable = isVariable(segment);
      if (!variable && (segment.contains("{") || segment.contains("}"))) {
        throw new IllegalArgumentException(
            "a variable is a whole segment, like {code}: " + route.pattern());
      }
      shape.append('/').append(variable ? "\uffff" : segment);
    }
    return shape.toString();
  }

  private static boolean isVariable(String segment) {
    return segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}");
  }

  private static String[] split(String pattern) {
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException("a path starts with a slash: " + pattern);
    }
    return pattern.substring(1).split("/", -1);
  }

  private static int endOfSegment(String path, int begin) {
    int slash = path.indexOf('/', begin);
    return slash < 0 ? path.length() : slash;
  }

  /**
   * The route of a request; empty when the answer is 404 or 405.
   *
   * @throws HttpProblem 400 when a variable is not percent-encoded UTF-8
   */
  public Optional<Match> match(HttpExchange exchange) {
    String path = RequestTarget.of(exchange).path();
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    return match(exchange.getRequestMethod(), path);
  }

  private Optional<Match> match(String method, String path) {
    Optional<Match> match = matchExactly(method, path);
    return match.isEmpty() && method.equals("HEAD") ? matchExactly("GET", path) : match;
  }

  private Optional<Match> matchExactly(String method, String path) {
    Optional<Match> whole = literals.getOrDefault(method, Map.of()).get(path);
    if (whole != null) {
      return whole;
    }
    String first = path.substring(1, endOfSegment(path, 1));
    Optional<Match> literal = match(byFirstSegment.getOrDefault(first, List.of()), method, path);
    return literal.isPresent() ? literal : match(byVariable, method, path);
  }

  private static Optional<Match> match(List<Compiled> candidates, String method, String path) {
    for (Compiled candidate : candidates) {
      if (candidate.route().method().equals(method) && candidate.matches(path)) {
        return Optional.of(candidate.match(path));
      }
    }
    return Optional.empty();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try {
      Optional<Match> match = match(exchange);
      if (match.isPresent()) {
        handle(match.get(), exchange);
      } else if (!redirectsToPage(exchange)) {
        throw noRoute(exchange);
      }
    } catch (HttpProblem problem) {
      if (exchange.getResponseCode() != -1) {
        throw problem;
      }
      Answer.send(exchange, SentForm.keptIn(problem, exchange), problemPage);
    }
  }

  /** One page, one address: without the slashes at its end, if there is a page then. */
  private boolean redirectsToPage(HttpExchange exchange) throws IOException {
    RequestTarget target = RequestTarget.of(exchange);
    int end = target.path().length();
    while (end > 1 && target.path().charAt(end - 1) == '/') {
      end--;
    }
    String path = target.path().substring(0, end);
    // Two slashes at the beginning would lead to another host.
    if (end == target.path().length() || !path.startsWith("/") || target.path().startsWith("//")) {
      return false;
    }
    if (match(exchange.getRequestMethod(), path).isEmpty()) {
      return false;
    }
    String query = target.query().isEmpty() ? "" : "?" + target.query();
    exchange.getResponseHeaders().set("Location", path + query);
    exchange.sendResponseHeaders(308, -1);
    return true;
  }

  private void handle(Match match, HttpExchange exchange) throws IOException {
    try {
      match.route().handler().handle(new Request(exchange, match.variables()));
    } catch (IOException | RuntimeException | Error e) {
      whenThrown.accept(exchange);
      throw e;
    }
  }

  private HttpProblem noRoute(HttpExchange exchange) {
    String path = RequestTarget.of(exchange).path();
    TreeSet<String> allowed = new TreeSet<>();
    if (path.startsWith("/")) {
      for (Compiled candidate : routes) {
        if (candidate.matches(path)) {
          allowed.add(candidate.route().method());
        }
      }
    }
    if (allowed.isEmpty()) {
      return HttpProblem.notFound();
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    return new HttpProblem(
        405,
        "Method not allowed",
        "This address does not take " + exchange.getRequestMethod() + ".",
        Map.of("Allow", String.join(", ", allowed)));
  }
}
