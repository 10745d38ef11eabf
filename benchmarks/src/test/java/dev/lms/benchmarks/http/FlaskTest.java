// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.server.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** The site on Flask does what it is measured for; where it cannot run, that is said. */
class FlaskTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static String text(Recorded answer) {
    assertEquals(200, answer.status());
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static Set<String> keys(Jedis redis) {
    return redis.keys("*").stream()
        .map(key -> key.replaceFirst("session:.*", "session"))
        .collect(Collectors.toSet());
  }

  @Test
  void pagesAndSessionsAreInRedis(@TempDir Path folder) throws Exception {
    Optional<String> missing = Flask.isMissing();
    if (missing.isPresent()) {
      assertTrue(missing.get().contains("apt-get install python3-flask python3-redis gunicorn"));
      return;
    }
    try (RedisServer server = RedisServer.start();
        Background flask = Flask.start(folder, server.url());
        Jedis redis = server.jedis()) {
      Target page = Target.of(flask.url(Flask.PAGE));
      Recorded stranger = Recorded.of(CLIENT, page);
      assertTrue(text(stranger).contains("Course number 39"));
      assertTrue(text(stranger).contains("Sign in"));
      assertEquals(9.5, stranger.body().length / 1000.0, 0.5);
      assertFalse(stranger.fields().containsKey("Set-Cookie"), "a stranger has no session");
      assertEquals(Set.of("cache:view//page?stranger"), keys(redis));

      Target own = page.with("Cookie", Flask.signIn(CLIENT, flask));
      Recorded signedIn = Recorded.of(CLIENT, own);
      assertTrue(text(signedIn).contains("My courses"));
      assertTrue(signedIn.field("Set-Cookie").startsWith(own.headers().get("Cookie") + ";"));
      assertEquals(
          Set.of("cache:view//page?stranger", "cache:view//page?signed-in", "session"),
          keys(redis));
      String session = redis.keys("session:*").iterator().next();
      assertEquals(1.0, redis.strlen(session) / 1000.0, 0.2);
      redis.expire(session, 10);
      assertTrue(text(Recorded.of(CLIENT, own)).contains("My courses"));
      assertTrue(redis.ttl(session) > 10, "each request renews the session");

      // What it answers comes from there.
      redis.rename("cache:view//page?stranger", "cache:view//page?signed-in");
      assertTrue(text(Recorded.of(CLIENT, own)).contains("Sign in"));

      redis.del(session);
      assertTrue(text(Recorded.of(CLIENT, own)).contains("Sign in"));
      HttpRequest nobody =
          HttpRequest.newBuilder(URI.create(flask.url(Flask.SIGN_IN)))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString("person=nobody"))
              .build();
      assertEquals(401, CLIENT.send(nobody, HttpResponse.BodyHandlers.discarding()).statusCode());
    }
  }
}
