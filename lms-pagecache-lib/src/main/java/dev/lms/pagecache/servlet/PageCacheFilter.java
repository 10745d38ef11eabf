// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.Asker;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PageService;
import dev.lms.pagecache.Variant;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers from a {@link PageCache}, and stores what servlets answer. Every answer gets a {@code
 * Cache-Status} (RFC 9211). Thread-safe. Register it with {@code asyncSupported} and for all
 * dispatcher types, behind the filters that find out who asks and before those that change bodies.
 *
 * <p>A servlet of a route with a rule sees the request as the key describes it: parameters come
 * from the query alone and undeclared ones are removed, and the cache takes care of conditions and
 * codings. URLs are not encoded with session ids. If it reads anything else of the request, such as
 * another header, the scheme, an address, the person, or {@code HttpSession}, its answer is not
 * shared. It may name tags in {@code Cache-Tag}, which does not leave the server.
 *
 * <p>Not stored is what {@code sendError} answers, because the container writes it later, and what
 * is answered after {@code startAsync}; both leave as they are written. Requests whose path the
 * container spells differently ({@code /a//b}, {@code /a;b}) go past the cache, as do those for
 * WebSockets and those that another filter forwards. A servlet runs once for each request: stale
 * pages are rendered by one of the requests for them, and stored pages are not validated.
 *
 * <p>After a successful request (2xx or 3xx) with an unsafe method, the pages of its URI are purged
 * before its answer leaves (RFC 9111 section 4.4). Paths include the context path.
 */
public final class PageCacheFilter implements Filter {
  private final PageService<HttpServletRequest> pages;

  private PageCacheFilter(PageService<HttpServletRequest> pages) {
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
  public static PageService.Builder<HttpServletRequest, PageCacheFilter> builder(
      PageCache cache,
      Function<HttpServletRequest, Optional<PageRule>> rules,
      Function<HttpServletRequest, Asker> who) {
    return ofRoutes(cache, request -> new NamedRule("", rules.apply(request)), who);
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
  public static PageService.Builder<HttpServletRequest, PageCacheFilter> ofRoutes(
      PageCache cache,
      Function<HttpServletRequest, NamedRule> rules,
      Function<HttpServletRequest, Asker> who) {
    return PageService.builder(cache, rules, who, PageCacheFilter::new);
  }

  /**
   * Makes a marker for a hole of the page being rendered. The servlet writes it where the hole is;
   * each person who gets the page sees what the filler returns for them.
   *
   * @param request the servlet's request, which may be wrapped further
   * @param name the name of a {@link PageService.Builder#hole}
   * @return letters, digits and hyphens
   * @throws IllegalArgumentException if there is no such hole
   * @throws IllegalStateException if no page cache filter precedes the servlet, or the answer was
   *     begun
   */
  public static String hole(ServletRequest request, String name) {
    return renderOf(request).hole(name);
  }

  /**
   * {@return who will share the page being rendered} Reading it does not make the page personal.
   *
   * @param request the servlet's request, which may be wrapped further
   * @throws IllegalStateException if no page cache filter precedes the servlet
   */
  public static Variant variant(ServletRequest request) {
    return renderOf(request).variant();
  }

  private static PageRender renderOf(ServletRequest request) {
    if (request.getAttribute(ShownRequest.RENDER) instanceof PageRender render) {
      return render;
    }
    throw new IllegalStateException(
        "No page cache filter stands before this servlet; register PageCacheFilter for its path");
  }

  @Override
  public void doFilter(ServletRequest sent, ServletResponse answered, FilterChain chain)
      throws IOException, ServletException {
    if (!(sent instanceof HttpServletRequest request)
        || !(answered instanceof HttpServletResponse response)) {
      chain.doFilter(sent, answered);
      return;
    }
    Optional<ShownResponse> outer = ShownResponse.in(response);
    if (outer.isPresent()) {
      dispatched(request, response, outer.get(), chain);
    } else if (request.getDispatcherType() != DispatcherType.REQUEST || isOfAWebSocket(request)) {
      chain.doFilter(request, response);
    } else {
      serve(request, new ContainerAnswer(request, response), chain);
    }
  }

  /** A container ends a response when what it was forwarded to returns, or dispatched to. */
  private static void dispatched(
      HttpServletRequest request,
      HttpServletResponse response,
      ShownResponse outer,
      FilterChain chain)
      throws IOException, ServletException {
    DispatcherType type = request.getDispatcherType();
    if (type == DispatcherType.FORWARD) {
      outer.forwards();
    }
    chain.doFilter(request, response);
    boolean ends = type == DispatcherType.FORWARD || type == DispatcherType.ASYNC;
    if (ends && !request.isAsyncStarted()) {
      outer.finish();
      outer.hideFromContainer();
    }
  }

  private static boolean isOfAWebSocket(HttpServletRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
        || request.getMethod().equals("CONNECT");
  }

  private void serve(HttpServletRequest request, ContainerAnswer answer, FilterChain chain)
      throws IOException, ServletException {
    ContainerRequest asked = new ContainerRequest(request);
    try {
      pages.serve(request, asked, answer, new ContainerChain(request, asked, answer, chain));
    } catch (ContainerChain.Failure e) {
      answer.leave();
      throw e.cause();
    } catch (Throwable e) {
      answer.leave();
      throw e;
    }
    if (answer.isCutOff()) {
      throw new IOException("The answer was cut off, and nobody must take it for a whole one");
    }
  }
}
