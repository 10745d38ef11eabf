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
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is set beside each other does the same: in processes of their own, as they are measured. */
class HttpContendersTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path folder;

  private Background start(String... arguments) throws Exception {
    int port = Background.freePort();
    return Background.start(
        port, folder.resolve("log" + port), Map.of(), Contender.command(port, arguments));
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

      HttpRequest signIn = HttpRequest.newBuilder(URI.create(site.url(Pages.SIGN_IN))).build();
      String cookie = Peers.cookie(CLIENT.send(signIn, HttpResponse.BodyHandlers.discarding()));
      Target own = Target.of(site.url(Pages.WITH_HOLES)).with("Cookie", cookie);
      Recorded.of(CLIENT, own);
      Recorded filled = Recorded.of(CLIENT, own);
      assertTrue(filled.field("Cache-Status").contains("hit"), filled::toString);
      assertTrue(new String(filled.body(), StandardCharsets.UTF_8).contains("<b>student7</b>"));
      assertAlike(filled, answeredAgain(filled, own, redis.url()));
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
