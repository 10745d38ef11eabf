// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.TokenHeader;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

class RedisSessionStoreTest extends RedisContentsContract {
  @Override
  protected SessionStore open(KeyRing keys) {
    return new RedisSessionStore(client, keys, "session:");
  }

  @Override
  protected OptionalLong roundTrips() {
    return OptionalLong.of(RedisServer.totalReads(admin));
  }

  @Test
  void anAliasCostsOneRoundTripMore() {
    Sessions sessions = sessions(store());
    Session first = sessions.open(null);
    first.set("a", "1");
    first.commit();
    List<String> old = cookie(first);
    Session warmUp = sessions.open(old);
    warmUp.set("a", "2");
    warmUp.commit();
    Session rotating = sessions.open(old);
    assertEquals(
        2,
        reads(
            () -> {
              rotating.rotate();
              rotating.commit();
            }),
        "a rotation: read and write");
    assertEquals(1, reads(() -> sessions.open(cookie(rotating)).attributes()), "the new id");
    assertEquals(2, reads(() -> sessions.open(old).attributes()), "the old one");
    assertEquals(
        3,
        reads(
            () -> {
              Session session = sessions.open(old);
              session.set("b", session.get("a").orElseThrow());
              session.commit();
            }),
        "a write through the old one");
    clock.move(GRACE);
    assertEquals(1, reads(() -> sessions.open(old).exists()), "the old one, after its grace");
  }

  @Test
  void aSessionMayHaveMoreAttributesThanLuaUnpacksAtOnce() {
    Map<String, String> many =
        IntStream.range(0, 5000).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v" + i));
    SessionStore store = store();
    String token = store.create(stranger(), many, WriteOptions.at(NOW, SOON)).orElseThrow();
    assertEquals(many, loaded(store, token).attributes());
    Map<String, String> changed =
        IntStream.range(0, 5000).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "w" + i));
    Changes changes = new Changes(changed, Set.of(), Map.of());
    assertTrue(
        store
            .update(loaded(store, token), changes, WriteOptions.at(NOW, SOON))
            .token()
            .isPresent());
    assertEquals(changed, loaded(store, token).attributes());
  }

  @Test
  void whatIsChangedOftenIsWrittenAnewBeforeItGetsLong() {
    SessionStore store = store();
    String token =
        store
            .create(stranger(), Map.of("a", "x".repeat(1000), "n", "0"), WriteOptions.at(NOW, SOON))
            .orElseThrow();
    StoredSession session = loaded(store, token);
    String key = keyOf(session);
    long begun = admin.strlen(key);
    long longest = 0;
    for (int i = 1; i <= 500; i++) {
      assertTrue(store.update(session, set("n", "" + i), WriteOptions.at(NOW, SOON)).isStored());
      assertEquals(Map.of("a", "x".repeat(1000), "n", "" + i), loaded(store, token).attributes());
      assertTrue(admin.pttl(key) > 0, "it still ends");
      longest = Math.max(longest, admin.strlen(key));
    }
    assertTrue(longest > begun, "at first it is appended to");
    assertTrue(longest <= 1.25 * (begun + 10) + 256, longest + " bytes, " + begun + " at first");
  }

  @Test
  void scriptsAreSentAgainWhenRedisForgotThem() {
    SessionStore store = store();
    admin.scriptFlush();
    String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    admin.scriptFlush();
    assertTrue(
        store
            .update(loaded(store, token), set("a", "1"), WriteOptions.at(NOW, SOON))
            .token()
            .isPresent());
    assertEquals("1", loaded(store, token).attributes().get("a"));
    admin.scriptFlush();
    assertTrue(
        Stores.index(store)
            .revoke(person().principal().orElseThrow().id(), loaded(store, token).handle(), NOW));
  }

  private static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  @Test
  void aTokenInAHeaderCostsWhatACookieDoes() {
    Sessions sessions =
        Sessions.builder(store(), KEYS)
            .settings(SessionSettings.plainHttp().withTokenHeader(TokenHeader.authorization()))
            .clock(clock)
            .build();
    signedIn(sessions, signedIn(sessions, ""));
    Session stranger = bearing(sessions, "");
    assertEquals(1, reads(() -> begin(stranger)), "a create");
    String[] token = {stranger.answerFields().get(0).value()};
    assertEquals(0, reads(() -> bearing(sessions, "A".repeat(47)).exists()), "a forged one");
    assertEquals(0, reads(() -> bearing(sessions, "").principal()), "none");
    assertEquals(1, reads(() -> bearing(sessions, token[0]).principal()), "a read");
    assertEquals(2, reads(() -> token[0] = signedIn(sessions, token[0])), "a sign-in");
    assertTrue(bearing(sessions, token[0]).exists());
    assertEquals(2, sessions.revokeAll("u2"));
    assertEquals(Optional.empty(), bearing(sessions, token[0]).principal());
    Session out = bearing(sessions, signedIn(sessions, ""));
    assertTrue(out.exists());
    assertEquals(1, reads(out::end), "a sign-out");
    assertEquals("", out.answerFields().get(0).value());
  }

  private static void begin(Session session) {
    session.set("a", "1");
    session.commit();
  }

  private static Session bearing(Sessions sessions, String token) {
    return sessions.openRequest(
        name -> name.equals("Authorization") ? List.of("Session " + token) : null);
  }

  private static String signedIn(Sessions sessions, String token) {
    Session session = bearing(sessions, token);
    session.signIn(new Principal("u2", Set.of("student")));
    session.commit();
    return session.answerFields().get(0).value();
  }

  @Test
  void roundTripsStayWithinTheBudget() {
    Sessions sessions = sessions(store());
    for (int warmUp = 0; warmUp < 2; warmUp++) {
      Session first = sessions.open(null);
      first.set("a", "1");
      first.commit();
      Session second = sessions.open(cookie(first));
      second.signIn(new Principal("warm", Set.of()));
      second.commit();
    }

    Session[] held = new Session[1];
    assertEquals(0, reads(() -> sessions.open(null).attributes()), "a stranger without a cookie");
    assertEquals(
        0,
        reads(() -> sessions.open(List.of("session=" + "A".repeat(47))).attributes()),
        "a forged id");
    assertEquals(
        1,
        reads(
            () -> {
              held[0] = sessions.open(null);
              held[0].set("a", "1");
              held[0].commit();
            }),
        "a create");
    List<String> anonymous = cookie(held[0]);
    assertEquals(
        1,
        reads(
            () -> {
              Session session = sessions.open(anonymous);
              session.attributes();
              session.principal();
              session.commit();
            }),
        "a read");
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(anonymous);
              session.set("b", session.get("a").orElseThrow());
              session.commit();
            }),
        "a write");
    assertEquals(
        2,
        reads(
            () -> {
              held[0] = sessions.open(anonymous);
              held[0].signIn(new Principal("u1", Set.of("student")));
              held[0].set("name", "U One");
              held[0].commit();
            }),
        "a sign-in");
    List<String> signedIn = cookie(held[0]);
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.set("b", session.get("a").orElseThrow());
              session.commit();
            }),
        "a signed-in write");
    clock.move(Duration.ofMinutes(2));
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.principal();
              session.commit();
            }),
        "a touch, told to the index too");
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.principal();
              session.end();
              session.commit();
            }),
        "a sign-out: one beyond the handler's own read");
    assertEquals(
        1,
        reads(() -> sessions.open(signedIn).exists()),
        "an id that ended: one read, not adopted");
  }

  @Test
  void aSignInThatEndsAnotherCostsOneRoundTripMore() {
    SessionStore store = store();
    Principal person = new Principal("u1", Set.of());
    for (SessionLimit.WhenReached whenReached : SessionLimit.WhenReached.values()) {
      SessionLimit one = SessionLimit.of(1).withWhenReached(whenReached);
      Sessions sessions =
          Sessions.builder(store, KEYS)
              .settings(SessionSettings.defaults().withLimit(one))
              .clock(clock)
              .build();
      sessions.revokeAll("u1");
      List<Session> visitors = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Session first = sessions.open(null);
        first.set("a", "1");
        first.commit();
        visitors.add(sessions.open(cookie(first)));
      }
      visitors.get(0).signIn(person);
      visitors.get(0).commit();
      long cost =
          reads(
              () -> {
                visitors.get(1).signIn(person);
                visitors.get(1).commit();
              });
      boolean refuses = one.refuses();
      // Refusing: read, ask, and look at the entries in case they are debris of a crash.
      assertEquals(3, cost, whenReached::toString);
      assertEquals(!refuses, visitors.get(1).exists() && visitors.get(1).principal().isPresent());
    }
  }

  /** What Redis counts, less the two calls that ask for the count. */
  private long reads(Runnable requests) {
    long before = RedisServer.totalReads(admin);
    requests.run();
    return RedisServer.totalReads(admin) - before - 1;
  }

  // Outages.

  @Test
  void anOutageIsAnExceptionAndEndsWithoutARestart() {
    RedisServer other = RedisServer.start();
    try (UnifiedJedis redis = RedisConnections.open(other.url(), 4)) {
      SessionStore store = new RedisSessionStore(redis, KEYS, "session:");
      String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      other.close();
      assertThrows(SessionStoreException.class, () -> Stores.load(store, token));
      assertThrows(SessionStoreException.class, () -> store.delete(token, Optional.empty(), NOW));
      other = RedisServer.start(other.port());
      assertEquals(Optional.empty(), Stores.load(store, token));
      String next = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      assertTrue(Stores.load(store, next).isPresent());
    } finally {
      other.close();
    }
  }
}
