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
 * Cache-Status} (RFC 9211).
 *
 * <p>A handler of a route that has a rule must answer before it returns. It sees the request as the
 * key describes it: undeclared query parameters are gone, conditions and codings are the cache's
 * business, and an answer for which it read any other undeclared header is not stored. It may name
 * tags in {@code Cache-Tag}, which does not leave the server. Where answers decide about storing,
 * it may be asked twice for one request: whether a stored page is still valid, and, when it names
 * another version or the answer may depend on the person, for the page itself; the filters behind
 * this one are then run again. Safe for use by several threads.
 *
 * <p>An answer that cannot be stored whatever its body is, going by its fields, leaves as it is
 * written if its length is unknown or the handler flushes. While a page is known not to be stored,
 * requests for a part of it and conditional ones reach the handler as they came.
 *
 * <p>After a request with an unsafe method succeeded (2xx or 3xx), the pages of its URI are purged
 * before its answer leaves (RFC 9111 section 4.4). A purge of this kind that fails is logged as an
 * error; the answer leaves all the same, because what it reports has happened.
 */
public final class PageCacheFilter extends Filter {
  private final PageService<HttpExchange> pages;

  private PageCacheFilter(PageService<HttpExchange> pages) {
    this.pages = pages;
  }

  /**
   * Begins a filter.
   *
   * @param cache the cache
   * @param rules what the route of a request declares; empty for pages that are never cached
   * @param who finds out who is asking. It is asked before and after each render. When it throws,
   *     the request goes past the cache: not knowing is never taken for a stranger
   * @return a builder
   */
  public static PageService.Builder<HttpExchange, PageCacheFilter> builder(
      PageCache cache,
      Function<HttpExchange, Optional<PageRule>> rules,
      Function<HttpExchange, Asker> who) {
    return ofRoutes(cache, exchange -> new NamedRule("", rules.apply(exchange)), who);
  }

  /**
   * Begins a filter that counts by route.
   *
   * @param cache the cache
   * @param rules what the route of a request declares, and its name
   * @param who as with {@link #builder}
   * @return a builder
   */
  public static PageService.Builder<HttpExchange, PageCacheFilter> ofRoutes(
      PageCache cache, Function<HttpExchange, NamedRule> rules, Function<HttpExchange, Asker> who) {
    return PageService.builder(cache, rules, who, PageCacheFilter::new);
  }

  /**
   * A marker for a hole of the page that is being rendered. The handler writes it where the hole
   * is; the person who gets the page sees what the filler says.
   *
   * @param exchange the handler's exchange, also when it was wrapped once more
   * @param name a hole of {@link PageService.Builder#hole}
   * @return letters, digits and hyphens
   * @throws IllegalArgumentException if there is no such hole
   * @throws IllegalStateException if no page cache filter stands before the handler, or the answer
   *     was begun
   */
  public static String hole(HttpExchange exchange, String name) {
    return renderOf(exchange).hole(name);
  }

  /**
   * Who will share the page that is being rendered. Reading it does not make the page personal.
   *
   * @param exchange the handler's exchange, also when it was wrapped once more
   * @return the variant
   * @throws IllegalStateException if no page cache filter stands before the handler
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
