// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.server.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

/** What is set beside each other does the same: in processes of their own, as they are measured. */
class HttpContendersTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path folder;

  private Background start(String... arguments) throws Exception {
    return start(Provider.JDK, arguments);
  }

  private Background start(Provider provider, String... arguments) throws Exception {
    int port = Background.freePort();
    return Background.start(
        port, log(port), Map.of(), Contender.command(provider, port, arguments));
  }

  private Path log(int port) {
    return folder.resolve("log" + port);
  }

  private static String get(Background server, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(server.url(path))).build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private Recorded answeredAgain(Recorded answer, Target target, String... redisUrl)
      throws Exception {
    Path file = folder.resolve("answer");
    answer.write(file);
    try (Background handler =
        redisUrl.length == 0
            ? start("answer", file.toString())
            : start("getex", file.toString(), redisUrl[0])) {
      return Recorded.of(
          CLIENT, new Target(handler.url(URI.create(target.url()).getPath()), target.headers()));
    }
  }

  private static void assertAlike(Recorded expected, Recorded actual) {
    assertEquals(expected.status(), actual.status());
    assertEquals(expected.fields(), actual.fields());
    assertArrayEquals(expected.body(), actual.body());
  }

  @Test
  void aHandlerGivesTheAnswerOfTheCache() throws Exception {
    try (RedisServer redis = RedisServer.start();
        Background site = start("site", redis.url())) {
      Target page = Target.of(site.url(Pages.WHOLE));
      Recorded.of(CLIENT, page);
      Recorded hit = Recorded.of(CLIENT, page);
      assertTrue(hit.field("Cache-Status").contains("hit"), hit::toString);
      assertEquals(9.5, hit.body().length / 1000.0, 0.5);
      assertAlike(hit, answeredAgain(hit, page));

      Target again = page.with("If-None-Match", hit.field("ETag"));
      Recorded notModified = Recorded.of(CLIENT, again);
      assertEquals(304, notModified.status());
      assertAlike(notModified, answeredAgain(notModified, again));

      Target gzip = page.with("Accept-Encoding", "gzip");
      Recorded zipped = Recorded.of(CLIENT, gzip);
      assertEquals("gzip", zipped.field("Content-Encoding"));
      assertAlike(zipped, answeredAgain(zipped, gzip));

      Target own = signedIn(site);
      Recorded.of(CLIENT, own);
      Recorded filled = Recorded.of(CLIENT, own);
      assertTrue(filled.field("Cache-Status").contains("hit"), filled::toString);
      assertTrue(new String(filled.body(), StandardCharsets.UTF_8).contains("<b>student7</b>"));
      assertAlike(filled, answeredAgain(filled, own, redis.url()));
    }
  }

  private static Target signedIn(Background site) throws Exception {
    HttpRequest signIn = HttpRequest.newBuilder(URI.create(site.url(Pages.SIGN_IN))).build();
    String cookie = Peers.cookie(CLIENT.send(signIn, HttpResponse.BodyHandlers.discarding()));
    return Target.of(site.url(Pages.WITH_HOLES)).with("Cookie", cookie);
  }

  /** Asks for somebody's page again and again; how many commands that cost Redis. */
  private static long commands(RedisServer redis, Target own, int times) throws Exception {
    try (Jedis admin = redis.jedis()) {
      long before = commands(admin);
      for (int i = 0; i < times; i++) {
        Recorded page = Recorded.of(CLIENT, own);
        assertEquals(200, page.status());
        assertTrue(new String(page.body(), StandardCharsets.UTF_8).contains("<b>student7</b>"));
      }
      return commands(admin) - before;
    }
  }

  private static long commands(Jedis admin) {
    return admin
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_commands_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }

  @ParameterizedTest
  @EnumSource
  void eachProviderServesTheSameSites(Provider provider) throws Exception {
    try (RedisServer redis = RedisServer.start();
        Background site = start(provider, "site", redis.url());
        Background near = start(provider, "near", redis.url())) {
      Target page = Target.of(site.url(Pages.WHOLE));
      Recorded.of(CLIENT, page);
      assertTrue(Recorded.of(CLIENT, page).field("Cache-Status").contains("hit"));
      assertEquals(get(site, Pages.WHOLE), get(near, Pages.WHOLE));
      String whose = provider == Provider.JDK ? "sun." : "robaho.";
      String log = Files.readString(log(site.port()));
      assertTrue(log.contains(whose + "net.httpserver."), log);

      long each = commands(redis, signedIn(site), 100);
      assertTrue(each >= 100, "a session is read at each request: " + each);
      long copied = commands(redis, signedIn(near), 100);
      assertTrue(copied < 50, "a copy is used: " + copied);
      assertTrue(site.processorTime().compareTo(Duration.ofMillis(100)) > 0);
    }
  }

  @Test
  void cachesBeforeAHandlerKeepItsAnswer() throws Exception {
    Path file = folder.resolve("answer");
    Background site = start("bare");
    Recorded answer = Recorded.of(CLIENT, Target.of(site.url(Pages.WHOLE)));
    answer.write(file);
    site.close();
    List<Background> caches = new ArrayList<>();
    try {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      try (Background handler = start("answer", file.toString())) {
        if (Peers.varnishIsMissing().isEmpty()) {
          caches.add(Peers.varnish(folder, handler));
        }
        caches.add(Peers.nginx(folder, handler));
        for (Background cache : caches) {
          assertArrayEquals(
              answer.body(), Recorded.of(CLIENT, Target.of(cache.url(Pages.WHOLE))).body());
        }
      }
      for (Background cache : caches) {
        Recorded kept = Recorded.of(CLIENT, Target.of(cache.url(Pages.WHOLE)));
        assertEquals(200, kept.status());
        assertArrayEquals(answer.body(), kept.body());
      }
    } finally {
      caches.forEach(Background::close);
    }
  }

  @Test
  void jettyAndSpringKeepSessionsInRedisAndPagesInTheProcess() throws Exception {
    int port = Background.freePort();
    try (RedisServer redis = RedisServer.start();
        Background site =
            Background.start(
                port, log(port), Map.of(), SpringContender.command(port, redis.url()));
        Jedis admin = redis.jedis()) {
      assertTrue(get(site, Pages.WHOLE).contains("Sign in"));
      assertEquals(Set.of(), admin.keys("*"));
      Target own = new Target(site.url(Pages.WHOLE), signedIn(site).headers());
      assertTrue(
          new String(Recorded.of(CLIENT, own).body(), StandardCharsets.UTF_8)
              .contains("My courses"));
      assertEquals(1, admin.keys("spring:session:*").size());
      admin.flushAll();
      assertTrue(
          new String(Recorded.of(CLIENT, own).body(), StandardCharsets.UTF_8).contains("Sign in"));
    }
  }

  @Test
  void herdsCountRenders() throws Exception {
    try (RedisServer redis = RedisServer.start();
        Background site = start("site", redis.url());
        Background bare = start("bare")) {
      Herd herd = new Herd(20);
      herd.ask(site.port(), Pages.COLD + "?n=1");
      assertEquals("1", get(site, Pages.RENDERS));
      herd.ask(site.port(), Pages.NEVER);
      assertEquals("21", get(site, Pages.RENDERS));
      herd.ask(bare.port(), Pages.NEVER);
      assertEquals("20", get(bare, Pages.RENDERS));
    }
  }
}
