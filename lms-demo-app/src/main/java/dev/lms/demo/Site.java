package dev.lms.demo;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.Route;
import dev.lms.demo.http.Router;
import dev.lms.demo.view.Caching;
import dev.lms.demo.view.Holes;
import dev.lms.demo.view.PageRoute;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.session.httpserver.SessionFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where sessions and page cache meet: they know nothing of one another, and here each is told what
 * it needs of the other. Thread-safe.
 */
final class Site {
  private final Router router;
  private final Map<Route, Optional<PageRule>> rules = new HashMap<>();

  /**
   * The site's map.
   *
   * @param pages what people see
   * @param others what has nothing to do with who is asking: no session is looked up for it
   */
  Site(List<PageRoute> pages, List<Route> others) {
    pages.forEach(page -> rules.put(page.route(), rule(page.caching())));
    this.router =
        new Router(Stream.concat(pages.stream().map(PageRoute::route), others.stream()).toList());
  }

  Router router() {
    return router;
  }

  private static Optional<PageRule> rule(Caching caching) {
    return switch (caching.audience()) {
      case EVERYONE ->
          Optional.of(
              PageRule.shared(caching.ttl())
                  .withParameters(caching.parameters().toArray(String[]::new)));
      case PERSON -> Optional.of(PageRule.perPerson(caching.ttl()));
      case NOBODY -> Optional.empty();
    };
  }

  /** The page cache in front of the pages. */
  PageCacheFilter cacheFilter(PageCache cache, Holes holes) {
    PageCacheFilter.Builder filter =
        PageCacheFilter.builder(cache, this::ruleOf, this::who)
            .personalReads(exchange -> SessionFilter.session(exchange).uses());
    for (String name : List.of("user-name", "csrf-token", "enrolment")) {
      filter.hole(name, exchange -> fill(holes, name, exchange));
    }
    return filter.build();
  }

  private String fill(Holes holes, String name, HttpExchange exchange) {
    String code =
        router.match(exchange).map(match -> match.variables().getOrDefault("code", "")).orElse("");
    return holes.fill(SessionFilter.session(exchange), name + ":" + code);
  }

  private Optional<PageRule> ruleOf(HttpExchange exchange) {
    return router
        .match(exchange)
        .flatMap(match -> rules.getOrDefault(match.route(), Optional.empty()));
  }

  private Asker who(HttpExchange exchange) {
    boolean page = router.match(exchange).filter(m -> rules.containsKey(m.route())).isPresent();
    if (!page) {
      return Asker.ANONYMOUS;
    }
    return SessionFilter.session(exchange)
        .principal()
        .map(person -> new Asker(person.id(), person.roles()))
        .orElse(Asker.ANONYMOUS);
  }

  /**
   * Whether the page is for people who are signed in, as far as a shared page may know. If who is
   * asking could not be found out, the session is asked again, and its outage is the answer.
   */
  static boolean isSignedIn(HttpExchange exchange) {
    return switch (PageCacheFilter.variant(exchange).kind()) {
      case ANON -> false;
      case UNKNOWN -> SessionFilter.session(exchange).principal().isPresent();
      default -> true;
    };
  }

  /** What stands in a page for a part that differs from person to person. */
  static String hole(HttpExchange exchange, String name) {
    int colon = name.indexOf(':');
    return PageCacheFilter.hole(exchange, colon < 0 ? name : name.substring(0, colon));
  }
}
