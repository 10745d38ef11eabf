// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionStatistics.Latency;
import dev.lms.session.SessionStatistics.StoreOperation;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.testkit.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

class SessionListenerTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Principal ADA = new Principal("ada", Set.of("student"));

  private final MovableClock clock = new MovableClock(Instant.parse("2030-01-01T00:00:00Z"));
  private final List<String> told = new ArrayList<>();
  private final RedisServer server = RedisServer.start();
  private final UnifiedJedis redis = RedisConnections.open(server.url(), 8);
  private Sessions sessions = open(List.of(new Recorder()));

  private final class Recorder implements SessionListener {
    private void tell(String what, SessionEvent session) {
      told.add(
          what + " " + session.handle() + session.principalId().map(id -> " " + id).orElse(""));
    }

    @Override
    public void created(SessionEvent session) {
      tell("created", session);
      assertTrue(isStored(session.handle()), "the store has acknowledged");
    }

    @Override
    public void rotated(SessionEvent session, String oldHandle) {
      tell("rotated " + oldHandle + " to", session);
      assertTrue(isStored(session.handle()), "the store has acknowledged");
      assertFalse(isStored(oldHandle));
    }

    @Override
    public void ended(SessionEvent session, EndReason why) {
      tell("ended " + why, session);
      assertFalse(why != EndReason.EXPIRED && isStored(session.handle()));
    }

    @Override
    public void endedTogether(Optional<String> principalId, long sessions, EndReason why) {
      told.add("ended " + why + " " + sessions + principalId.map(id -> " " + id).orElse(""));
    }

    @Override
    public void reused(SessionEvent session) {
      tell("reused", session);
    }

    @Override
    public void conflict(SessionEvent session) {
      tell("conflict", session);
    }

    @Override
    public void gone(SessionEvent session) {
      tell("gone", session);
    }

    @Override
    public void tampered() {
      told.add("tampered");
    }

    @Override
    public void unreadable(String handle) {
      told.add("unreadable " + handle);
    }
  }

  private Sessions open(List<SessionListener> listeners) {
    Sessions.Builder builder =
        Sessions.builder(new RedisSessionStore(redis, KEYS, "session:"), KEYS)
            .settings(SessionSettings.plainHttp().withLimit(SessionLimit.of(2)))
            .clock(clock);
    listeners.forEach(builder::listener);
    return builder.build();
  }

  private boolean isStored(String handle) {
    try (Jedis own = server.jedis()) {
      return own.keys("session:*" + handle + "*").stream()
          .anyMatch(key -> own.type(key).equals("string") && !own.get(key).equals("revoked"));
    }
  }

  @BeforeEach
  void forget() {
    told.clear();
  }

  @Test
  void ofTwoWhoSignOutAtOnceOneIsTold() {
    Session first = sessions.open(null);
    first.signIn(ADA);
    assertEquals(CommitOutcome.STORED, first.commit());
    List<String> cookie = List.of(first.setCookie().orElseThrow().replaceFirst(";.*", ""));
    List<Session> both = List.of(sessions.open(cookie), sessions.open(cookie));
    both.forEach(session -> assertTrue(session.exists()));
    told.clear();
    both.forEach(Session::end);
    assertEquals(1, told.size(), told::toString);
    both.forEach(session -> assertFalse(session.exists()));
    assertEquals(1, sessions.statistics().ended().get(EndReason.SIGNED_OUT));
  }

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private static String cookie(Session session) {
    return session.setCookie().orElseThrow().replaceFirst(";.*", "");
  }

  private String signIn(Principal person) {
    Session session = sessions.open(List.of());
    session.signIn(person);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

  private Session with(String cookie) {
    return sessions.open(List.of(cookie));
  }

  private String handle(String cookie) {
    return with(cookie).handle().orElseThrow();
  }

  private void assertTold(String... events) {
    assertEquals(List.of(events), told);
    told.clear();
  }

  @Test
  void aSessionIsFollowedFromItsBeginningToItsEnd() {
    Session session = sessions.open(List.of());
    session.set("a", "1");
    session.commit();
    String stranger = handle(cookie(session));
    assertTold("created " + stranger);
    session.signIn(ADA);
    session.commit();
    String adas = handle(cookie(session));
    assertTold("rotated " + stranger + " to " + adas + " ada");
    session.rotate();
    session.commit();
    String rotated = handle(cookie(session));
    assertTold("rotated " + adas + " to " + rotated + " ada");
    session.end();
    assertTold("ended SIGNED_OUT " + rotated + " ada");
    session.end();
    assertTold();
    SessionStatistics statistics = sessions.statistics();
    assertEquals(1, statistics.created());
    assertEquals(2, statistics.rotated());
    assertEquals(
        Optional.of(1L), Optional.ofNullable(statistics.ended().get(EndReason.SIGNED_OUT)));
  }

  @Test
  void aSignOutWithoutALookIsToldTheSame() {
    String cookie = signIn(ADA);
    String handle = handle(cookie);
    told.clear();
    with(cookie).end();
    assertTold("ended SIGNED_OUT " + handle + " ada");
  }

  @Test
  void revocationsAndPurgesAreTold() {
    String one = handle(signIn(ADA));
    Session two = with(signIn(ADA));
    two.exists();
    told.clear();
    assertEquals(1, sessions.revokeOthers(two));
    assertTold("ended REVOKED 1 ada");
    assertFalse(sessions.revoke("ada", one));
    assertTold();
    assertTrue(sessions.revoke("ada", two.handle().orElseThrow()));
    assertTold("ended REVOKED " + two.handle().orElseThrow() + " ada");
    assertEquals(0, sessions.revokeAll("ada"));
    assertTold();
    signIn(ADA);
    told.clear();
    assertEquals(1, sessions.revokeAll("ada"));
    assertTold("ended REVOKED 1 ada");
    signIn(ADA);
    told.clear();
    assertEquals(1, sessions.purge());
    assertTold("ended PURGED 1");
    assertEquals(Map.of(EndReason.REVOKED, 3L, EndReason.PURGED, 1L), ended());
  }

  private Map<EndReason, Long> ended() {
    Map<EndReason, Long> ended = new HashMap<>(sessions.statistics().ended());
    ended.values().removeIf(count -> count == 0);
    return ended;
  }

  @Test
  void whoIsEndedByALimitIsTold() {
    String oldest = handle(signIn(ADA));
    clock.move(Duration.ofSeconds(1));
    String second = handle(signIn(ADA));
    clock.move(Duration.ofSeconds(1));
    told.clear();
    String third = handle(signIn(ADA));
    assertTold("ended LIMIT " + oldest + " ada", "created " + third + " ada");
    assertTrue(isStored(second));
    assertEquals(Map.of(EndReason.LIMIT, 1L), ended());
  }

  @Test
  void anExpiryIsToldWhenARequestNotices() {
    String cookie = signIn(ADA);
    String handle = handle(cookie);
    told.clear();
    clock.move(Lifetimes.defaults().sliding());
    assertFalse(with(cookie).exists());
    assertTold("ended EXPIRED " + handle + " ada");
  }

  @Test
  void aCommitThatCameTooLateIsTold() {
    String cookie = signIn(ADA);
    Session late = with(cookie);
    late.set("a", "1");
    String handle = late.handle().orElseThrow();
    with(cookie).end();
    told.clear();
    assertEquals(CommitOutcome.GONE, late.commit());
    assertTold("gone " + handle + " ada");
    assertEquals(1, sessions.statistics().gone());
  }

  @Test
  void forgedAndUnreadableOnesAreTold() {
    String cookie = signIn(ADA);
    String handle = handle(cookie);
    told.clear();
    assertFalse(with("session=forged").exists());
    assertTold("tampered");
    try (Jedis own = server.jedis()) {
      String key = own.keys("session:*" + handle + "*").iterator().next();
      own.set(key, "rubbish");
    }
    assertFalse(with(cookie).exists());
    assertTold("unreadable " + handle);
    assertEquals(1, sessions.statistics().tampered());
    assertEquals(1, sessions.statistics().unreadable());
  }

  @Test
  void whatTheRulesOfAttributesWillTellIsCounted() {
    SessionEvent session = new SessionEvent("handle", Optional.of("ada"));
    sessions.site().events().reused(session);
    sessions.site().events().conflict(session);
    assertTold("reused handle ada", "conflict handle ada");
    assertEquals(1, sessions.statistics().reused());
    assertEquals(1, sessions.statistics().conflicts());
  }

  @Test
  void aListenerThatThrowsChangesNothing() {
    SessionListener faulty =
        new SessionListener() {
          @Override
          public void created(SessionEvent session) {
            throw new IllegalStateException("a bug in a listener");
          }

          @Override
          public void ended(SessionEvent session, EndReason why) {
            throw new AssertionError("another");
          }
        };
    sessions = open(List.of(faulty, new Recorder()));
    Session session = sessions.open(List.of());
    session.set("a", "1");
    assertEquals(CommitOutcome.STORED, session.commit());
    String handle = handle(cookie(session));
    assertTold("created " + handle);
    session.end();
    assertTold("ended SIGNED_OUT " + handle);
  }

  @Test
  void noEventHoldsAToken() {
    Session session = sessions.open(List.of());
    session.signIn(ADA);
    session.commit();
    String token = cookie(session).substring("session=".length());
    session.rotate();
    session.commit();
    session.end();
    assertEquals(3, told.size());
    told.forEach(event -> assertFalse(event.contains(token.substring(3, 25)), event));
  }

  @Test
  void operationsAreCountedAndTimed() {
    String cookie = signIn(ADA);
    with(cookie).exists();
    with("session=forged").exists();
    Session session = with(cookie);
    session.set("a", "1");
    session.commit();
    Map<StoreOperation, SessionStatistics.Operation> operations =
        sessions.statistics().operations();
    Map<StoreOperation, Long> counts = new HashMap<>();
    operations.forEach((operation, value) -> counts.put(operation, value.count()));
    counts.values().removeIf(count -> count == 0);
    assertEquals(
        Map.of(StoreOperation.CREATE, 1L, StoreOperation.LOAD, 2L, StoreOperation.UPDATE, 1L),
        counts);
    Latency load = requireNonNull(operations.get(StoreOperation.LOAD)).latency();
    assertTrue(load.total().toNanos() > 0);
    assertTrue(load.quantile(1).compareTo(load.total().dividedBy(2)) >= 0);
  }
}
