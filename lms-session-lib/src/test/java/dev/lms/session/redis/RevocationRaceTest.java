// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * G1 for revocation, interleaving by interleaving: what one worker does is parked before each of
 * its commands in turn, and meanwhile another worker does all of something else.
 */
class RevocationRaceTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant FAR = SOON.plusSeconds(600);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(ADA));
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), LATER, Optional.empty());

  private static final SessionLimit FIVE =
      SessionLimit.of(5).withWhenReached(SessionLimit.WhenReached.REFUSE);

  /** More than any operation here sends. */
  private static final int MOST_COMMANDS = 20;

  private static RedisServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ParkingProxy proxy;
  private UnifiedJedis slowClient;
  private UnifiedJedis quickClient;
  private SessionStore slow;
  private SessionStore quick;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @BeforeEach
  void connect() throws Exception {
    proxy = new ParkingProxy(server.port());
    slowClient = RedisConnections.open(proxy.url(), 1);
    quickClient = RedisConnections.open(server.url(), 4);
    slow = new RedisSessionStore(slowClient, KEYS, "session:");
    quick = new RedisSessionStore(quickClient, KEYS, "session:");
    // Scripts are known from here on, so that every run sends the same commands.
    StoredSession warm =
        load(quick.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    slow.update(warm, Changes.NONE, WriteOptions.at(NOW, FAR)).token();
    slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON));
    slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(FIVE));
    revokeAll(slow);
  }

  @AfterEach
  void disconnect() {
    slowClient.close();
    quickClient.close();
    proxy.close();
    threads.shutdownNow();
  }

  private StoredSession load(String token) {
    return Stores.load(quick, token).orElseThrow();
  }

  private String handle(String token) {
    return load(token).handle();
  }

  private boolean lives(String token) {
    return Stores.load(quick, token).isPresent();
  }

  private static String signIn(SessionStore store) {
    return store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
  }

  private static int revokeAll(SessionStore store) {
    return Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW);
  }

  private List<String> listed() {
    return Stores.index(quick).list(ADA.id(), NOW).stream().map(SessionInfo::handle).toList();
  }

  private void nothingLivesUnlisted(String token) {
    Stores.load(quick, token)
        .ifPresent(session -> assertTrue(listed().contains(session.handle()), "lost to the index"));
  }

  private interface Action {
    String run();
  }

  private interface Case {
    /** Prepares and answers what the slow worker does. */
    Action prepare();
  }

  private interface Check {
    /** What the slow worker's action answered; empty while it is still parked. */
    void after(Optional<String> answer);
  }

  /**
   * Runs a case once for every command it sends, parked before it, with all of {@code meanwhile} in
   * that moment.
   */
  private void parkedEverywhere(Case slowly, Runnable meanwhile, Check check) throws Exception {
    int parked = 0;
    boolean reached = true;
    for (int commands = 0; reached; commands++) {
      assertTrue(commands < MOST_COMMANDS, "it never ends");
      revokeAll(quick);
      Action action = slowly.prepare();
      ParkingProxy.Stop stop = proxy.stopAfter(commands);
      Future<String> running = threads.submit(action::run);
      reached = stop.isReachedBefore(running);
      if (reached) {
        parked++;
        meanwhile.run();
        check.after(Optional.empty());
      }
      stop.release();
      check.after(Optional.of(running.get(20, TimeUnit.SECONDS)));
    }
    assertTrue(parked > 0, "it sent nothing");
  }

  @Test
  void aSignInThatCompletesWhileRevokingIsEnded() throws Exception {
    AtomicReference<String> first = new AtomicReference<>();
    AtomicReference<String> second = new AtomicReference<>("none");
    parkedEverywhere(
        () -> {
          first.set(signIn(quick));
          second.set("none");
          return () -> "ended " + revokeAll(slow);
        },
        () -> second.set(signIn(quick)),
        answer ->
            answer.ifPresent(
                ended -> {
                  assertFalse(lives(first.get()));
                  assertFalse(lives(second.get()), "completed before revoke returned");
                  assertEquals(List.of(), listed());
                }));
  }

  private static int changeRoles(SessionStore store) {
    return Stores.index(store).changeRoles(ADA.id(), Set.of("tutor"), NOW);
  }

  private static String rotate(SessionStore store, StoredSession session) {
    return store
        .rotate(
            session, session.envelope(), Changes.NONE, WriteOptions.at(NOW, SOON).withGrace(GRACE))
        .token()
        .orElseThrow();
  }

  private Set<String> roles(String token) {
    return load(token).envelope().principal().orElseThrow().roles();
  }

  @Test
  void aRotationThatCompletesWhileRolesChangeGetsTheNewOnes() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    AtomicReference<String> rotated = new AtomicReference<>();
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          rotated.set(session.get().token());
          return () -> "changed " + changeRoles(slow);
        },
        () -> rotated.set(rotate(quick, session.get())),
        answer ->
            answer.ifPresent(
                changed -> assertEquals(Set.of("tutor"), roles(rotated.get()), changed)));
  }

  @Test
  void rolesThatChangeWhileASessionIsRotatedAreTheOnesItGets() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    AtomicReference<Integer> changed = new AtomicReference<>(0);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          changed.set(0);
          return () -> rotate(slow, session.get());
        },
        () -> changed.set(changeRoles(quick)),
        answer ->
            answer.ifPresent(
                token ->
                    assertEquals(
                        Set.of(changed.get() == 1 ? "tutor" : "student"), roles(token), token)));
  }

  /** It was entered and not yet written, or it completed later: the last command tells which. */
  @Test
  void aSignInThatIsHalfWayWhenRolesChangeBeginsNoSessionWithTheOldOnes() throws Exception {
    AtomicReference<Boolean> entered = new AtomicReference<>(false);
    AtomicReference<Integer> ended = new AtomicReference<>(0);
    parkedEverywhere(
        () -> {
          entered.set(false);
          return () ->
              slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(FIVE))
                  .orElseThrow();
        },
        () -> {
          entered.set(!quickClient.keys("session:index:*").isEmpty());
          changeRoles(quick);
        },
        answer ->
            answer.ifPresent(
                token -> {
                  if (entered.get()) {
                    assertFalse(lives(token));
                    ended.set(ended.get() + 1);
                  }
                }));
    assertTrue(ended.get() > 0, "it was never half-way");
  }

  @Test
  void aRotationThatCompletesWhileRevokingIsEnded() throws Exception {
    for (boolean byHandle : List.of(true, false)) {
      AtomicReference<StoredSession> session = new AtomicReference<>();
      AtomicReference<String> rotated = new AtomicReference<>("none");
      parkedEverywhere(
          () -> {
            session.set(load(signIn(quick)));
            rotated.set("none");
            String handle = session.get().handle();
            return () ->
                byHandle
                    ? "ended " + Stores.index(slow).revoke(ADA.id(), handle, NOW)
                    : "ended " + revokeAll(slow);
          },
          () ->
              quick
                  .rotate(session.get(), PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                  .token()
                  .ifPresent(rotated::set),
          answer ->
              answer.ifPresent(
                  ended -> {
                    assertFalse(lives(session.get().token()));
                    assertFalse(lives(rotated.get()), "rotated away from revoke");
                    assertEquals(List.of(), listed());
                  }));
    }
  }

  @Test
  void aSignInThatIsOvertakenByRevokeDoesNotBecomeASessionNobodyKnows() throws Exception {
    parkedEverywhere(
        () -> () -> signIn(slow),
        () -> revokeAll(quick),
        answer -> answer.ifPresent(this::nothingLivesUnlisted));
  }

  /**
   * The harder half: its entry was there when revoke looked, so it counts as revoked. A sign-in
   * that begins a session is entered before only if the limit refuses; else both are one step.
   */
  @Test
  void aSignInThatWasEnteredButNotWrittenNeverBegins() throws Exception {
    for (boolean visitor : List.of(true, false)) {
      StoredSession before =
          load(quick.create(STRANGER, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
      ParkingProxy.Stop stop = proxy.stopAfter(1);
      Future<String> running =
          threads.submit(
              () ->
                  visitor
                      ? slow.rotate(before, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                          .token()
                          .orElseThrow()
                      : slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(FIVE))
                          .orElseThrow());
      assertTrue(stop.isReachedBefore(running));
      assertEquals(0, revokeAll(quick), "not live yet, so not counted");
      stop.release();
      assertFalse(lives(running.get(20, TimeUnit.SECONDS)));
      assertEquals(!visitor, lives(before.token()), "after a rotation neither name is alive");
    }
  }

  /** The index names it twice until the old name is taken out. */
  @Test
  void aSessionThatIsJustRotatedCountsOnce() throws Exception {
    for (SessionLimit limit :
        List.of(
            SessionLimit.of(3),
            SessionLimit.of(3).withWhenReached(SessionLimit.WhenReached.REFUSE))) {
      revokeAll(quick);
      String oldest = signIn(quick);
      StoredSession second = load(signIn(quick));
      ParkingProxy.Stop stop = proxy.stopAfter(2);
      Future<String> running =
          threads.submit(
              () ->
                  slow.rotate(
                          second,
                          second.envelope(),
                          Changes.NONE,
                          WriteOptions.at(NOW, SOON).withGrace(GRACE))
                      .token()
                      .orElseThrow());
      assertTrue(stop.isReachedBefore(running));
      Envelope later = new Envelope(NOW, Optional.of(NOW.plusSeconds(9)), LATER, Optional.of(ADA));
      String third =
          quick
              .create(later, Map.of(), WriteOptions.at(NOW, SOON).withLimit(limit))
              .orElse("refused");
      assertTrue(lives(third), limit::toString);
      assertTrue(lives(oldest), limit::toString);
      if (!limit.refuses()) {
        // And it ends once, under both its names.
        Stores.index(quick).revoke(ADA.id(), load(oldest).handle(), NOW);
        String fourth = quick.create(later, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
        String fifth =
            quick
                .create(later, Map.of(), WriteOptions.at(NOW, SOON).withLimit(limit))
                .orElseThrow();
        Set<String> left = Stream.of(third, fourth, fifth).map(this::handle).collect(toSet());
        assertEquals(left, Set.copyOf(listed()));
      }
      stop.release();
      running.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aTouchThatIsOvertakenByRevokeBringsNothingBack() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () ->
              slow.update(session.get(), Changes.NONE, WriteOptions.at(NOW, FAR))
                  .token()
                  .orElse("gone");
        },
        () -> revokeAll(quick),
        answer -> {
          boolean unparked = lives(session.get().token());
          assertEquals(unparked ? 1 : 0, listed().size());
          answer.filter(token -> token.equals("gone")).ifPresent(gone -> assertFalse(unparked));
          if (answer.isPresent() && !unparked) {
            assertEquals(Set.of(), indexKeys(), "and leaves no entry behind");
          }
        });
  }

  private static Set<String> indexKeys() {
    try (Jedis admin = server.jedis()) {
      return admin.keys("session:index:*");
    }
  }

  @Test
  void aSessionBeingEndedIsNeverAliveAndUnlisted() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () -> {
            Stores.end(slow, session.get(), NOW);
            return "ended";
          };
        },
        () -> {},
        answer -> {
          nothingLivesUnlisted(session.get().token());
          answer.ifPresent(ended -> assertFalse(lives(session.get().token())));
        });
  }

  /** What a crash at that moment would leave. */
  @Test
  void aSessionBeingBegunRotatedOrTouchedIsNeverAliveAndUnlisted() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    Check check =
        answer -> {
          nothingLivesUnlisted(session.get().token());
          answer.ifPresent(this::nothingLivesUnlisted);
          assertEquals(
              Stores.index(quick).stats(NOW).signedIn(),
              listed().size(),
              "live sessions and listed ones");
        };
    Stores.index(quick).purge(NOW);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () -> signIn(slow);
        },
        () -> {},
        check);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () ->
              slow.rotate(session.get(), PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                  .token()
                  .orElseThrow();
        },
        () -> {},
        check);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () ->
              slow.update(session.get(), Changes.NONE, WriteOptions.at(NOW, FAR))
                  .token()
                  .orElseThrow();
        },
        () ->
            assertTrue(
                Stores.index(quick).list(ADA.id(), session.get().deadline().minusMillis(1)).size()
                    == 1),
        check);
  }

  @Test
  void aTouchMovesTheIndexBeforeTheSession() throws Exception {
    StoredSession session = load(signIn(quick));
    ParkingProxy.Stop stop = proxy.stopAfter(1);
    Future<Boolean> running =
        threads.submit(
            () ->
                slow.update(session, Changes.NONE, WriteOptions.at(NOW, FAR)).token().isPresent());
    assertTrue(stop.isReachedBefore(running));
    assertEquals(SOON, load(session.token()).deadline(), "the session's is not moved yet");
    try (Jedis admin = server.jedis()) {
      String key = indexKeys().iterator().next();
      assertTrue(admin.hgetAll(key).values().iterator().next().startsWith("" + FAR.toEpochMilli()));
      assertTrue(admin.pttl(key) > Duration.between(NOW, FAR).toMillis());
    }
    stop.release();
    assertTrue(running.get(20, TimeUnit.SECONDS));
  }

  @Test
  void theLimitHoldsForASignInParkedAnywhere() throws Exception {
    SessionLimit one = SessionLimit.of(1);
    AtomicReference<String> older = new AtomicReference<>();
    AtomicReference<String> other = new AtomicReference<>("none");
    parkedEverywhere(
        () -> {
          older.set(signIn(quick));
          other.set("none");
          return () ->
              slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(one))
                  .orElseThrow();
        },
        () ->
            other.set(
                quick
                    .create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(one))
                    .orElseThrow()),
        answer ->
            answer.ifPresent(
                token -> {
                  long live =
                      List.of(older.get(), other.get(), token).stream().filter(this::lives).count();
                  assertTrue(live <= 1, live + " sessions where 1 is allowed");
                  assertFalse(lives(older.get()));
                }));
  }
}
