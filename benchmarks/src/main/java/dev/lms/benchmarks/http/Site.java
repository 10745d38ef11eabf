// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.redis.RedisPageStore;
import dev.lms.pagecache.store.PageStore;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.UnifiedJedis;

/** Sessions in Redis and a page cache, wired as a program of one's own would. */
record Site(List<Filter> filters) {
  static final int CONNECTIONS = 64;
  static final KeyRing KEYS = KeyRing.of("the benchmarks' key, which guards nothing");

  private static final int CACHE_BYTES = 64 << 20;
  private static final int NEAR_BYTES = 4 << 20;
  private static final String SESSIONS = "lms-benchmark:session:";
  private static final PageRule SHARED = PageRule.shared(Duration.ofHours(1)).withParameters("n");
  private static final Map<String, PageRule> RULES =
      Map.of(
          Pages.WHOLE, SHARED, Pages.WITH_HOLES, SHARED, Pages.COLD, SHARED, Pages.NEVER, SHARED);

  static Site inProcess(String redisUrl) {
    Clock clock = Clock.systemUTC();
    return of(inRedis(redisUrl), inProcess(clock), clock);
  }

  /** With copies of sessions as well. */
  static Site near(String redisUrl) {
    Clock clock = Clock.systemUTC();
    UnifiedJedis redis = RedisConnections.open(redisUrl, CONNECTIONS);
    return of(
        RedisSessionStore.withNearCopies(redis, KEYS, SESSIONS, NEAR_BYTES),
        inProcess(clock),
        clock);
  }

  static Site far(String redisUrl) {
    Clock clock = Clock.systemUTC();
    UnifiedJedis redis = RedisConnections.open(redisUrl, CONNECTIONS);
    return of(inRedis(redisUrl), new RedisPageStore(redis, "lms-benchmark:cache:", clock), clock);
  }

  private static PageStore inProcess(Clock clock) {
    return new LocalPageStore(CACHE_BYTES, PurgeCounters.inProcess(), clock);
  }

  private static SessionStore inRedis(String redisUrl) {
    return new RedisSessionStore(RedisConnections.open(redisUrl, CONNECTIONS), KEYS, SESSIONS);
  }

  private static Site of(SessionStore store, PageStore pages, Clock clock) {
    Sessions sessions =
        Sessions.builder(store, KEYS).settings(SessionSettings.plainHttp()).clock(clock).build();
    PageCacheFilter cache =
        PageCacheFilter.builder(
                PageCache.builder(pages).clock(clock).build(),
                exchange -> Optional.ofNullable(RULES.get(exchange.getRequestURI().getRawPath())),
                Site::who)
            .personalReads(exchange -> SessionFilter.session(exchange).uses())
            .hole(Pages.MENU, Site::menu)
            .hole(Pages.CSRF, Site::csrf)
            .build();
    return new Site(List.of(new SessionFilter(sessions), cache));
  }

  private static Asker who(HttpExchange exchange) {
    return SessionFilter.session(exchange)
        .principal()
        .map(person -> new Asker(person.id(), person.roles()))
        .orElse(Asker.ANONYMOUS);
  }

  private static String menu(HttpExchange exchange) {
    String name = SessionFilter.session(exchange).principal().map(Principal::id).orElse("");
    return name.isEmpty() ? "<a href=\"/sign-in\">Sign in</a>" : "<b>" + name + "</b>";
  }

  private static String csrf(HttpExchange exchange) {
    return SessionFilter.session(exchange).csrfToken().orElse("");
  }
}
