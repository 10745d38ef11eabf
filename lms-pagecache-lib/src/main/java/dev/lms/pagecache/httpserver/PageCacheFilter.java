// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PageService;
import dev.lms.pagecache.Variant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers from a {@link PageCache}, and stores what handlers answer. Every answer gets a {@code
 * Cache-Status} (RFC 9211). Thread-safe.
 *
 * <p>A handler of a route with a rule must answer before it returns. It sees the request as the key
 * describes it: undeclared query parameters are removed, and the cache takes care of conditions and
 * codings. If it reads any other undeclared header, its answer is not stored. It may name tags in
 * {@code Cache-Tag}, which does not leave the server. In the {@link
 * dev.lms.pagecache.PageRule.Profile#RFC9111} profile it may be asked twice for one request:
 * whether a stored page is still valid, and, if it names another version or the answer may depend
 * on the person, for the page itself. The filters behind this one then run again.
 *
 * <p>An answer whose header fields alone say that it cannot be stored leaves as it is written, if
 * its length is unknown or the handler flushes. While a page is known not to be stored, conditional
 * requests and requests for parts of it reach the handler as they came.
 *
 * <p>After a successful request (2xx or 3xx) with an unsafe method, the pages of its URI are purged
 * before its answer leaves (RFC 9111 section 4.4). If that purge fails, an error is logged and the
 * answer leaves nevertheless, because what it reports has happened.
 */
public final class PageCacheFilter extends Filter {
  private final PageService<HttpExchange> pages;

  private PageCacheFilter(PageService<HttpExchange> pages) {
    this.pages = pages;
  }

  /**
   * Starts to configure a filter.
   *
   * @param cache the cache
   * @param rules finds the rule of a request's route; empty for pages that are never cached
   * @param who finds out who asks, before and after each render. If it throws, the request bypasses
   *     the cache: an unknown asker never counts as anonymous
   * @return a builder
   */
  public static PageService.Builder<HttpExchange, PageCacheFilter> builder(
      PageCache cache,
      Function<HttpExchange, Optional<PageRule>> rules,
      Function<HttpExchange, Asker> who) {
    return ofRoutes(cache, exchange -> new NamedRule("", rules.apply(exchange)), who);
  }

  /**
   * Starts to configure a filter that counts by route.
   *
   * @param cache the cache
   * @param rules finds the rule of a request's route, and the route's name
   * @param who finds out who asks, before and after each render. If it throws, the request bypasses
   *     the cache: an unknown asker never counts as anonymous
   * @return a builder
   */
  public static PageService.Builder<HttpExchange, PageCacheFilter> ofRoutes(
      PageCache cache, Function<HttpExchange, NamedRule> rules, Function<HttpExchange, Asker> who) {
    return PageService.builder(cache, rules, who, PageCacheFilter::new);
  }

  /**
   * Makes a marker for a hole of the page being rendered. The handler writes it where the hole is;
   * each person who gets the page sees what the filler returns for them.
   *
   * @param exchange the handler's exchange, which may be wrapped further
   * @param name the name of a {@link PageService.Builder#hole}
   * @return letters, digits and hyphens
   * @throws IllegalArgumentException if there is no such hole
   * @throws IllegalStateException if no page cache filter precedes the handler, or the answer was
   *     begun
   */
  public static String hole(HttpExchange exchange, String name) {
    return renderOf(exchange).hole(name);
  }

  /**
   * {@return who will share the page being rendered} Reading it does not make the page personal.
   *
   * @param exchange the handler's exchange, which may be wrapped further
   * @throws IllegalStateException if no page cache filter precedes the handler
   */
  public static Variant variant(HttpExchange exchange) {
    return renderOf(exchange).variant();
  }

  private static PageRender renderOf(HttpExchange exchange) {
    if (exchange.getAttribute(ShownExchange.RENDER) instanceof PageRender render) {
      return render;
    }
    throw new IllegalStateException(
        "No page cache filter stands before this handler; add PageCacheFilter to its context");
  }

  @Override
  public String description() {
    return "page cache";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    ServerRequest request =
        new ServerRequest(exchange, asked -> asked.hasRun() ? behind(exchange, chain) : chain);
    pages.serve(exchange, request, new ServerAnswer(exchange), request);
  }

  /**
   * The filters behind this one and the handler, for another run: a chain can be run once. A filter
   * that is not in its context's list was called by a filter that is, and is taken for its last.
   */
  private Chain behind(HttpExchange exchange, Chain spent) {
    List<Filter> all = exchange.getHttpContext().getFilters();
    int own = all.indexOf(this);
    return own < 0
        ? spent
        : new Chain(
            List.copyOf(all.subList(own + 1, all.size())), exchange.getHttpContext().getHandler());
  }
}
