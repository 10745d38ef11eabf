// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.servlet.PageCacheFilter;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Pages behind the filters of the page cache and of sessions, on containers started once. */
abstract class CachedPages {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Sessions SESSIONS =
      Sessions.of(MemorySessionStore.open(KEYS), KEYS, SessionSettings.plainHttp());
  static final PageCache CACHE =
      PageCache.builder(new LocalPageStore(8 << 20)).background(Runnable::run).build();
  private static final Map<String, PageRule> RULES = new ConcurrentHashMap<>();
  private static final AtomicInteger PATHS = new AtomicInteger();
  static final PageRule SHARED =
      PageRule.of(Audience.EVERYONE, Duration.ofMinutes(1)).withParameters("q");

  static final ServletSite SITE =
      ServletSite.start(() -> List.of(new SessionFilter(SESSIONS), pages()));

  private static PageCacheFilter pages() {
    return PageCacheFilter.builder(
            CACHE,
            request -> Optional.ofNullable(RULES.get(request.getServletPath() + orNone(request))),
            request ->
                SessionFilter.session(request)
                    .get("name")
                    .map(name -> Asker.person(name))
                    .orElse(Asker.ANONYMOUS))
        .personalReads(request -> SessionFilter.session(request).uses())
        .hole("name", request -> SessionFilter.session(request).get("name").orElse("nobody"))
        .build();
  }

  private static String orNone(HttpServletRequest request) {
    return request.getPathInfo() == null ? "" : request.getPathInfo();
  }

  /** A path that no other test has, with a page and a rule. */
  static String page(PageRule rule, ServletSite.Page page) {
    String path = "/page" + PATHS.incrementAndGet();
    SITE.pages.put(path, page);
    if (rule != null) {
      RULES.put(path, rule);
    }
    return path;
  }

  /** A page that says the how manieth render it is. */
  static String counted(PageRule rule, ServletSite.Page also) {
    AtomicInteger renders = new AtomicInteger();
    return page(
        rule,
        (request, response) -> {
          response.setContentType("text/plain;charset=UTF-8");
          also.answer(request, response);
          if (!response.isCommitted() && !request.isAsyncStarted()) {
            response.getWriter().print("render " + renders.incrementAndGet());
          }
        });
  }

  static HttpResponse<String> send(
      Container container, String method, String path, String... fields) throws Exception {
    return SITE.send(container, method, path, fields);
  }

  static HttpResponse<String> get(Container container, String path, String... fields)
      throws Exception {
    return send(container, "GET", path, fields);
  }

  static String status(HttpResponse<?> answer) {
    return answer.headers().firstValue("Cache-Status").orElse("none").replaceAll("ttl=\\d+; ", "");
  }

  static String field(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("none");
  }

  static String signedIn(Container container, String name) throws Exception {
    String path = page(null, (request, response) -> session(request).set("name", name));
    return field(get(container, path), "Set-Cookie").replaceFirst(";.*", "");
  }

  static dev.lms.session.Session session(HttpServletRequest request) {
    return SessionFilter.session(request);
  }

  static final ServletSite.Page NOTHING = (request, response) -> {};

  static CompletableFuture<HttpResponse<String>> later(Container container, String path) {
    return ServletSite.CLIENT.sendAsync(
        HttpRequest.newBuilder(SITE.uri(container, path)).timeout(Duration.ofSeconds(20)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
