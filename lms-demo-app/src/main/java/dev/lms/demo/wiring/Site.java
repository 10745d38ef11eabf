// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.ProblemPage;
import dev.lms.demo.http.Route;
import dev.lms.demo.http.Router;
import dev.lms.demo.strip.Trace;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Visitor;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.PageAudit;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PageService;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.httpserver.SessionFilter;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where sessions and page cache meet: they know nothing of one another, and here each is told what
 * it needs of the other. Thread-safe.
 */
final class Site {
  private static final NamedRule NO_ROUTE = new NamedRule("none", Optional.empty());

  private final Router router;
  private final IdentityHashMap<Route, PageRoute> pages = new IdentityHashMap<>();
  private final IdentityHashMap<Route, NamedRule> rules = new IdentityHashMap<>();
  private final boolean passports;

  /** Sessions cannot be looked up, so nobody knows who asks. Thrown often: without a trace. */
  private static final class UnknownAsker extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownAsker() {
      super("sessions cannot be looked up just now", null, false, false);
    }
  }

  /**
   * The site's map.
   *
   * @param pages what people see
   * @param others what has nothing to do with who is asking: no session is looked up for it
   * @param passports whether people may have one, for an outage
   * @param content the version of all that pages for everybody are made from
   */
  Site(
      List<PageRoute> pages,
      List<Route> others,
      boolean passports,
      Supplier<Optional<String>> content,
      ProblemPage problemPage) {
    this.passports = passports;
    pages.forEach(page -> this.pages.put(page.route(), page));
    pages.forEach(
        page ->
            rules.put(page.route(), new NamedRule(name(page.route()), versioned(page, content))));
    others.forEach(route -> rules.put(route, new NamedRule(name(route), Optional.empty())));
    this.router =
        new Router(
            Stream.concat(pages.stream().map(PageRoute::route), others.stream()).toList(),
            problemPage,
            exchange -> SessionFilter.session(exchange).dropChanges());
  }

  /** Pages that everybody may read in an outage are made from the database alone. */
  private static Optional<PageRule> versioned(PageRoute page, Supplier<Optional<String>> content) {
    return page.outage() == OutagePolicy.TREAT_AS_ANONYMOUS
        ? page.rule().map(rule -> rule.withContentVersion(content))
        : page.rule();
  }

  Router router() {
    return router;
  }

  /** The page cache in front of the pages. */
  PageCacheFilter cacheFilter(
      PageCache cache,
      Map<String, HoleFiller> holes,
      Optional<Consumer<Explanation>> explanations,
      Optional<PageAudit<HttpExchange>> audit) {
    PageService.Builder<HttpExchange, PageCacheFilter> filter =
        PageCacheFilter.ofRoutes(cache, this::ruleOf, this::who)
            .personalReads(exchange -> SessionFilter.session(exchange).uses());
    holes.forEach((name, filler) -> filter.hole(name, exchange -> fill(name, filler, exchange)));
    explanations.ifPresent(filter::explainingTo);
    audit.ifPresent(filter::auditedBy);
    return filter.build();
  }

  private String fill(String name, HoleFiller filler, HttpExchange exchange) {
    Trace.filled(name);
    Map<String, String> path = router.match(exchange).map(Router.Match::variables).orElse(Map.of());
    return filler.fill(SessionFilter.session(exchange), path);
  }

  private NamedRule ruleOf(HttpExchange exchange) {
    return router.match(exchange).map(match -> rules.get(match.route())).orElse(NO_ROUTE);
  }

  private static String name(Route route) {
    return route.method().equals("GET") ? route.pattern() : route.method() + " " + route.pattern();
  }

  /** The name of the route of a request, for operators; "none" without one. */
  String routeName(HttpExchange exchange) {
    try {
      return ruleOf(exchange).route();
    } catch (HttpProblem malformed) {
      return "none";
    }
  }

  private Optional<PageRoute> page(HttpExchange exchange) {
    return router.match(exchange).map(match -> pages.get(match.route()));
  }

  /** Whether people look at what is asked for; what is not there is a page that says so. */
  boolean isForPeople(HttpExchange exchange) {
    try {
      return router.match(exchange).map(match -> pages.containsKey(match.route())).orElse(true);
    } catch (HttpProblem malformed) {
      return true;
    }
  }

  /** What becomes of a request while sessions cannot be looked up. */
  OutagePolicy outagePolicy(HttpExchange exchange) {
    OutagePolicy declared = page(exchange).map(PageRoute::outage).orElse(OutagePolicy.FAIL_CLOSED);
    if (passports) {
      return declared == OutagePolicy.TREAT_AS_ANONYMOUS
          ? OutagePolicy.PASSPORT_OR_ANONYMOUS
          : declared;
    }
    return declared == OutagePolicy.PASSPORT ? OutagePolicy.FAIL_CLOSED : declared;
  }

  private Asker who(HttpExchange exchange) {
    if (page(exchange).isEmpty()) {
      return Asker.ANONYMOUS;
    }
    Session session = SessionFilter.session(exchange);
    Optional<Principal> person = session.principal();
    if (session.treatedAsAnonymous()) {
      // Their page looks like a stranger's, but they may be somebody: not a page to keep or share.
      throw new UnknownAsker();
    }
    if (session.isOnPassport()) {
      return person.map(p -> Asker.assumed(p.id(), p.roles())).orElseThrow();
    }
    return person.map(p -> new Asker(p.id(), p.roles())).orElse(Asker.ANONYMOUS);
  }

  /**
   * For whom the page is, as far as a shared page may know. If who is asking could not be found
   * out, the session is asked again; if it may not be asked, its outage is the answer.
   */
  static Visitor visitor(HttpExchange exchange) {
    return switch (PageCacheFilter.variant(exchange).kind()) {
      case ANON -> Visitor.STRANGER;
      case UNKNOWN -> sessionOf(exchange);
      default -> Visitor.PERSON;
    };
  }

  /** Who is asking, for a page that is nobody else's. */
  static Visitor sessionOf(HttpExchange exchange) {
    Session session = SessionFilter.session(exchange);
    if (session.principal().isPresent()) {
      return Visitor.PERSON;
    }
    return session.treatedAsAnonymous() ? Visitor.UNKNOWN : Visitor.STRANGER;
  }
}
