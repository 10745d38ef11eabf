// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The program that the documents show for Javalin. */
class JavalinTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static HttpResponse<String> get(Javalin site, String path, String cookie)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.port() + path))
            .timeout(Duration.ofSeconds(20));
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void sessionsLastAndPagesAreShared() throws Exception {
    Sessions sessions =
        Sessions.of(MemorySessionStore.open(KEYS), KEYS, SessionSettings.plainHttp());
    Javalin site = JavalinSite.site(sessions, PageCache.of(new LocalPageStore(1 << 20)));
    site.start("127.0.0.1", 0);
    try {
      HttpResponse<String> first = get(site, "/visits", "");
      String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
      assertEquals("1", first.body());
      assertEquals("2", get(site, "/visits", cookie).body());
      HttpResponse<String> miss = get(site, "/course/cs101", "");
      assertEquals("Course cs101", miss.body());
      assertEquals(
          "lms; fwd=miss; stored; detail=anon", miss.headers().firstValue("Cache-Status").get());
      HttpResponse<String> hit = get(site, "/course/cs101?utm_source=x", cookie);
      assertEquals("Course cs101", hit.body());
      assertEquals(
          "lms; hit; detail=anon",
          hit.headers().firstValue("Cache-Status").get().replaceAll("ttl=\\d+; ", ""));
    } finally {
      site.stop();
    }
  }

  @Test
  void anOutageIs503() throws Exception {
    SessionStore away =
        new RedisSessionStore(RedisConnections.open("redis://127.0.0.1:1", 2), KEYS, "session:");
    Sessions sessions = Sessions.of(away, KEYS, SessionSettings.plainHttp());
    Javalin site = JavalinSite.site(sessions, PageCache.of(new LocalPageStore(1 << 20)));
    site.start("127.0.0.1", 0);
    try {
      HttpResponse<String> answer = get(site, "/visits", "");
      assertEquals(503, answer.statusCode());
      assertEquals("5", answer.headers().firstValue("Retry-After").orElseThrow());
    } finally {
      site.stop();
      away.close();
    }
  }
}
