// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** What a registry holds after what happened to sessions in a real Redis. */
class SessionMetersTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final int MORE_THAN_THE_BREAKER_TAKES = 50;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RedisServer server = RedisServer.start();
  private final UnifiedJedis redis = RedisConnections.open(server.url(), 4);
  private final Sessions sessions =
      SessionMeters.addTo(
              Sessions.builder(new RedisSessionStore(redis, KEYS, "session:"), KEYS)
                  .settings(SessionSettings.plainHttp().withPassport(Duration.ofMinutes(5))),
              registry,
              "redis")
          .build();

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private String signedIn() {
    Session session = sessions.open(null);
    session.set("a", "1");
    session.signIn(ADA);
    session.commit();
    return session.setCookie().orElseThrow().replaceFirst(";.*", "");
  }

  private Session request(String cookie) {
    return sessions.open(List.of(cookie));
  }

  private double count(String name, String... tags) {
    return registry.get("lms.session." + name).tags("store", "redis").tags(tags).counter().count();
  }

  private Timer timer(String operation, String outcome) {
    return registry
        .get("lms.session.store.duration")
        .tags("store", "redis", "operation", operation, "outcome", outcome)
        .timer();
  }

  @Test
  void countsWhatHappensAndTimesWhatTheStoreIsAsked() {
    String cookie = signedIn();
    assertTrue(request(cookie).exists());
    Session leaving = request(cookie);
    leaving.end();
    leaving.commit();
    assertFalse(request(cookie).exists());
    assertFalse(request(cookie + "x").exists());
    signedIn();
    signedIn();
    assertEquals(2, sessions.revokeAll("ada"));

    assertEquals(3, count("created"));
    assertEquals(1, count("ended", "reason", "signed_out"));
    assertEquals(2, count("ended", "reason", "revoked"));
    assertEquals(0, count("ended", "reason", "purged"));
    assertEquals(1, count("tampered"));
    assertEquals(0, count("store.refused"));
    assertEquals(0, registry.get("lms.session.store.outage").gauge().value());
    assertEquals(3, timer("create", "answered").count());
    long loads =
        sessions.statistics().operations().entrySet().stream()
            .filter(entry -> entry.getKey().name().equals("LOAD"))
            .mapToLong(entry -> entry.getValue().count())
            .sum();
    assertEquals(loads, timer("load", "answered").count(), "forged tokens are no load");
    assertTrue(
        timer("create", "answered").totalTime(timer("create", "answered").baseTimeUnit()) > 0);
  }

  @Test
  void latenciesAreHistograms() {
    signedIn();
    CountAtBucket[] buckets = timer("create", "answered").takeSnapshot().histogramCounts();
    assertTrue(buckets.length >= 13, Arrays.toString(buckets));
    assertEquals(1, buckets[buckets.length - 1].count(), "the last bound is above all");
  }

  @Test
  void anOutageIsSeenWhileItLastsAndNotAfterwards() throws InterruptedException {
    String cookie = signedIn();
    Session withPassport = sessions.open(null);
    withPassport.signIn(ADA);
    withPassport.commit();
    List<String> both =
        withPassport.answerFields().stream()
            .map(field -> field.value().replaceFirst(";.*", ""))
            .toList();
    server.kill();
    for (int i = 0; i < MORE_THAN_THE_BREAKER_TAKES; i++) {
      assertThrows(SessionStoreException.class, () -> request(cookie).exists());
    }
    assertEquals(1, count("store.outages"));
    assertEquals(1, registry.get("lms.session.store.outage").gauge().value());
    long failed = timer("load", "failed").count();
    assertTrue(failed > 0 && failed < MORE_THAN_THE_BREAKER_TAKES, failed + " failed");
    assertEquals((double) (MORE_THAN_THE_BREAKER_TAKES - failed), count("store.refused"));
    assertEquals(Optional.of(ADA), sessions.open(both, OutagePolicy.PASSPORT).principal());
    assertEquals(1, count("passports"));

    server.restart();
    awaitAnswer(cookie);
    assertEquals(0, registry.get("lms.session.store.outage").gauge().value());
  }

  private void awaitAnswer(String cookie) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        request(cookie).exists();
        return;
      } catch (SessionStoreException e) {
        assertTrue(System.nanoTime() < deadline, "no probe was answered");
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  /** A registry holds on to what it measures; the program need not. */
  @Test
  void noMeterIsLostToTheGarbageCollector() {
    System.gc();
    assertEquals(0.0, registry.get("lms.session.store.outage").gauge().value());
  }

  @Test
  void noTagNamesAPersonOrASession() {
    String cookie = signedIn();
    assertTrue(request(cookie).exists());
    String handle = request(cookie).handle().orElseThrow();
    for (Meter meter : registry.getMeters()) {
      String tags = meter.getId().getTags().toString();
      assertFalse(tags.contains("ada") || tags.contains(handle), tags);
    }
  }
}
