// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.cookie.MemoryRevocations;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.testkit.MovableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/**
 * G11, with a real Redis that is stopped, paused and restarted; only the breaker's time is ours.
 */
class OutageTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Principal ADA = new Principal("ada", Set.of("student"));

  private final MovableClock clock = new MovableClock(Instant.parse("2030-01-01T00:00:00Z"));
  private final AtomicLong nanos = new AtomicLong();
  private RedisServer server = RedisServer.start();
  private final UnifiedJedis redis = RedisConnections.open(server.url(), 8);
  private final Sessions sessions =
      Sessions.builder(new RedisSessionStore(redis, KEYS, "session:"), KEYS)
          .settings(SessionSettings.plainHttp().withPassport(Duration.ofMinutes(5)))
          .clock(clock)
          .nanoTime(nanos::get)
          .build();

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private Session request(OutagePolicy policy, String... cookies) {
    return sessions.open(List.of(cookies), policy);
  }

  private String signedIn() {
    Session session = request(OutagePolicy.FAIL_CLOSED);
    session.signIn(ADA);
    session.set("a", "1");
    assertEquals(CommitOutcome.STORED, session.commit());
    return session.setCookie().orElseThrow().replaceFirst(";.*", "");
  }

  private void signal(String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(server.process().pid())).start();
    assertEquals(0, kill.waitFor());
  }

  private void failUntilOpen(String cookie) throws Exception {
    // At once: a paused Redis lets each of them wait for its own two seconds.
    ExecutorService threads = Executors.newFixedThreadPool(Breaker.FAILURES);
    try {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < Breaker.FAILURES; i++) {
        Session session = request(OutagePolicy.FAIL_CLOSED, cookie);
        calls.add(threads.submit(() -> assertThrows(SessionStoreException.class, session::exists)));
      }
      for (Future<?> call : calls) {
        call.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertTrue(sessions.statistics().inOutage());
  }

  private long asked() {
    return sessions.statistics().operations().values().stream()
        .mapToLong(SessionStatistics.Operation::count)
        .sum();
  }

  @Test
  void aPausedRedisIsAskedNoMoreByTheThousandsAndServesOnWithoutARestart() throws Exception {
    String cookie = signedIn();
    signal("STOP");
    failUntilOpen(cookie);
    long before = asked();
    for (int i = 0; i < 5_000; i++) {
      Session session = request(OutagePolicy.FAIL_CLOSED, cookie);
      assertThrows(SessionStoreException.class, session::exists);
      assertEquals(before, asked(), "nobody waits any more");
    }
    assertEquals(5_000, sessions.statistics().refused());

    nanos.addAndGet(Breaker.PAUSE.toNanos());
    assertThrows(
        SessionStoreException.class, () -> request(OutagePolicy.FAIL_CLOSED, cookie).exists());
    assertEquals(before + 1, asked(), "one probe");

    signal("CONT");
    assertThrows(
        SessionStoreException.class, () -> request(OutagePolicy.FAIL_CLOSED, cookie).exists());
    nanos.addAndGet(Breaker.PAUSE.toNanos());
    assertEquals(Optional.of("1"), request(OutagePolicy.FAIL_CLOSED, cookie).get("a"));
    assertFalse(sessions.statistics().inOutage());
    assertEquals(1, sessions.statistics().outages());
  }

  /** However many parts of a program ask who is there: a page cache, then a handler. */
  @Test
  void aRequestWaitsForASilentStoreOnce() throws Exception {
    String cookie = signedIn();
    signal("STOP");
    long before = asked();
    Session session = request(OutagePolicy.FAIL_CLOSED, cookie);
    assertThrows(SessionStoreException.class, session::principal);
    assertThrows(SessionStoreException.class, session::exists);
    assertThrows(SessionStoreException.class, () -> session.get("a"));
    assertEquals(before + 1, asked());
    signal("CONT");
    assertEquals(Optional.of("1"), request(OutagePolicy.FAIL_CLOSED, cookie).get("a"));
  }

  @Test
  void aRestartedRedisIsUsedAgainAfterOneProbe() throws Exception {
    String cookie = signedIn();
    int port = server.port();
    server.close();
    failUntilOpen(cookie);
    server = RedisServer.start(port);
    nanos.addAndGet(Breaker.PAUSE.toNanos());
    assertFalse(request(OutagePolicy.FAIL_CLOSED, cookie).exists(), "Redis kept nothing");
    assertFalse(sessions.statistics().inOutage());
    signedIn();
  }

  @Test
  void aRequestTreatedAsAStrangersSeesNothingAndWritesNothing() throws Exception {
    String cookie = signedIn();
    signal("STOP");
    failUntilOpen(cookie);
    Session reading = request(OutagePolicy.TREAT_AS_ANONYMOUS, cookie);
    assertFalse(reading.treatedAsAnonymous(), "nothing was asked yet");
    assertEquals(Optional.empty(), reading.principal());
    assertEquals(Map.of(), reading.attributes());
    assertEquals(Optional.empty(), reading.csrfToken());
    assertTrue(reading.treatedAsAnonymous());
    assertEquals(CommitOutcome.UNCHANGED, reading.commit());
    assertEquals(Optional.empty(), reading.setCookie());

    List<Session> writing = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Session session = request(OutagePolicy.TREAT_AS_ANONYMOUS, cookie);
      assertFalse(session.exists());
      writing.add(session);
    }
    signal("CONT");
    nanos.addAndGet(Breaker.PAUSE.toNanos());
    assertTrue(request(OutagePolicy.FAIL_CLOSED, cookie).exists());
    // The store is back in the middle of these requests; they would replace what they did not see.
    writing.get(0).set("a", "2");
    writing.get(1).signIn(new Principal("eve", Set.of()));
    writing.get(2).rotate();
    writing.get(3).add("count", 1);
    for (Session session : writing) {
      assertThrows(SessionStoreException.class, session::commit);
      assertThrows(SessionStoreException.class, session::end);
      assertEquals(Optional.empty(), session.setCookie(), "the cookie is left alone");
    }
    assertEquals(1, sessions.stats().live(), "none was begun, none was ended");
    Session after = request(OutagePolicy.FAIL_CLOSED, cookie);
    assertEquals(Optional.of(ADA), after.principal());
    assertEquals(Map.of("a", "1"), after.attributes());
  }

  @Test
  void aStrangerWithoutACookieIsAStrangerAsEver() throws Exception {
    signedIn();
    server.close();
    for (OutagePolicy policy : OutagePolicy.values()) {
      Session session = request(policy);
      assertFalse(session.exists());
      assertFalse(session.treatedAsAnonymous());
      assertEquals(CommitOutcome.UNCHANGED, session.commit());
      session.set("a", "1");
      assertThrows(SessionStoreException.class, session::commit);
    }
  }

  @Test
  void aPageThatWasReadIsNotLostBecauseItsSessionCouldNotSlide() throws Exception {
    String cookie = signedIn();
    clock.move(Duration.ofHours(1));
    Session lenient = request(OutagePolicy.TREAT_AS_ANONYMOUS, cookie);
    Session strict = request(OutagePolicy.FAIL_CLOSED, cookie);
    Session writing = request(OutagePolicy.TREAT_AS_ANONYMOUS, cookie);
    for (Session session : List.of(lenient, strict, writing)) {
      assertEquals(Optional.of(ADA), session.principal());
    }
    server.close();
    assertEquals(CommitOutcome.UNCHANGED, lenient.commit());
    assertFalse(lenient.treatedAsAnonymous(), "it was theirs");
    assertThrows(SessionStoreException.class, strict::commit);
    writing.set("a", "2");
    assertThrows(SessionStoreException.class, writing::commit);
  }

  @Test
  void aForgedCookieIsAbsentAndNoProbe() throws Exception {
    String cookie = signedIn();
    String forged = cookie.substring(0, cookie.length() - 4) + "AAAA";
    for (int i = 0; i < 10; i++) {
      assertFalse(request(OutagePolicy.FAIL_CLOSED, forged).exists());
    }
    long askedOfRedis = asked();
    server.close();
    for (int i = 0; i < Breaker.FAILURES; i++) {
      // A forged cookie between the failures is no sign that Redis answers.
      assertFalse(request(OutagePolicy.FAIL_CLOSED, forged).exists());
      Session session = request(OutagePolicy.FAIL_CLOSED, cookie);
      assertThrows(SessionStoreException.class, session::exists);
    }
    assertTrue(sessions.statistics().inOutage());
    nanos.addAndGet(Breaker.PAUSE.toNanos());
    assertFalse(request(OutagePolicy.FAIL_CLOSED, forged).exists());
    assertTrue(sessions.statistics().inOutage());
    assertEquals(askedOfRedis + Breaker.FAILURES, asked());
    assertEquals(10 + Breaker.FAILURES + 1, sessions.statistics().tampered());
  }

  @Test
  void whatIsNoOutageOpensNothing() throws IOException {
    Sessions sealed =
        Sessions.builder(
                new CookieSessionStore(KEYS, "session", "test", new MemoryRevocations()), KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(clock)
            .build();
    for (int i = 0; i < 3 * Breaker.FAILURES; i++) {
      Session session = sealed.open(List.of());
      session.set("a", "x".repeat(5_000));
      assertThrows(IllegalStateException.class, session::commit);
      assertThrows(IllegalStateException.class, sealed::stats);
    }
    assertFalse(sealed.statistics().inOutage());
    Session session = sealed.open(List.of());
    session.set("a", "x");
    assertEquals(CommitOutcome.STORED, session.commit());
  }
}
