// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.contract.Stores;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.UnifiedJedis;

/**
 * G1, G2 and G6 while sessions move, interleaving by interleaving: somebody who moves a session is
 * stopped before each of the steps in turn, and meanwhile a worker does all of something else.
 */
class MigrationStepsTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final WriteOptions OPTIONS = WriteOptions.at(NOW, SOON);
  private static final Envelope PERSON =
      new Envelope(
          NOW, Optional.of(NOW), LATER, Optional.of(new Principal("ada", Set.of("student"))));
  private static final Changes ONE_MORE = new Changes(Map.of(), Set.of(), Map.of("n", 1L));

  /** More than a move takes. */
  private static final int MOST_STEPS = 8;

  /** From where to where. */
  enum Way {
    REDIS_TO_FILES,
    FILES_TO_REDIS,
    FILES_TO_FILES,
    REDIS_TO_REDIS
  }

  private static RedisServer server;
  private static UnifiedJedis redis;

  @TempDir private Path folder;
  private final List<SessionStore> opened = new ArrayList<>();

  // Set by each test before anything else.
  @SuppressWarnings("NullAway.Init")
  private SessionStore from;

  @SuppressWarnings("NullAway.Init")
  private SessionStore to;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
    redis = RedisConnections.open(server.url(), 4);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
    server.close();
  }

  @AfterEach
  void closeStores() {
    opened.forEach(SessionStore::close);
  }

  private SessionStore store(boolean inRedis) {
    String name = UUID.randomUUID().toString();
    SessionStore store =
        inRedis
            ? new RedisSessionStore(redis, KEYS, name + ':')
            : FileSessionStore.open(folder.resolve(name), KEYS);
    opened.add(store);
    return store;
  }

  private void open(Way way) {
    from = store(way == Way.REDIS_TO_FILES || way == Way.REDIS_TO_REDIS);
    to = store(way == Way.FILES_TO_REDIS || way == Way.REDIS_TO_REDIS);
  }

  private MigratingStore worker() {
    return new MigratingStore(from, to, KEYS);
  }

  private static Migration migration(SessionStore from, SessionStore to) {
    return new Migration(from, to, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private Migration.Count migrate() {
    Migration migration = migration(from, to);
    migration.begin(Duration.ofMillis(100));
    return migration.move(moved -> {});
  }

  private static String signIn(SessionStore store) {
    return store
        .create(PERSON, Map.of("n", "0", "höhe", "1|2"), WriteOptions.at(NOW, SOON))
        .orElseThrow();
  }

  private static PrincipalIndex index(SessionStore store) {
    return (PrincipalIndex) store;
  }

  private static Optional<StoredSession> load(SessionStore store, String token) {
    return Stores.load(store, token);
  }

  /** What a worker does while a session moves, and what must come of it. */
  private interface Deed {
    void done(SessionStore worker, String token, StoredSession before);
  }

  private interface Outcome {
    void holds(SessionStore worker, String token);
  }

  /**
   * A mover stops before its first, second, … step, and goes on when a worker has done the deed:
   * one that has not heard of the migration until then, and one that has.
   */
  private void atEachStep(Way way, Deed deed, Outcome outcome) {
    for (int aware = 0; aware < 2; aware++) {
      for (int step = 0; step < MOST_STEPS; step++) {
        open(way);
        MigratingStore worker = worker();
        String token = signIn(worker);
        StoredSession before = load(worker, token).orElseThrow();
        Phase.MOVING.record(((Transferable) from).transfer());
        if (aware == 1) {
          worker.beat("w");
        }
        int[] left = {step};
        Watched.Between between =
            name -> {
              if (left[0]-- == 0) {
                deed.done(worker, token, before);
              }
            };
        migration(Watched.store(from, between), Watched.store(to, between)).move(moved -> {});
        if (left[0] >= 0) {
          deed.done(worker, token, before);
        }
        outcome.holds(worker, token);
        outcome.holds(worker(), token);
      }
    }
  }

  private static void assertGone(SessionStore worker, String token) {
    assertEquals(Optional.empty(), load(worker, token));
    assertEquals(List.of(), index(worker).list("ada", NOW));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void noIncrementIsLostAndNoneCountsTwice(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> {
          assertTrue(worker.update(before, ONE_MORE, OPTIONS).isStored());
          StoredSession again = load(worker, token).orElseThrow();
          assertEquals("1", again.attributes().get("n"));
          assertTrue(worker.update(again, ONE_MORE, OPTIONS).isStored());
        },
        (worker, token) -> {
          StoredSession session = load(worker, token).orElseThrow();
          assertEquals(Map.of("n", "2", "höhe", "1|2"), session.attributes());
          assertEquals(PERSON, session.envelope());
          assertEquals(SOON, session.deadline());
        });
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whoSignsOutDoesNotComeBack(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> worker.delete(token, Optional.of(before), NOW),
        MigrationStepsTest::assertGone);
    atEachStep(
        way,
        (worker, token, before) -> worker.delete(token, Optional.empty(), NOW),
        MigrationStepsTest::assertGone);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whoIsRevokedDoesNotComeBack(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> index(worker).revokeAll("ada", Optional.empty(), NOW),
        MigrationStepsTest::assertGone);
    atEachStep(
        way,
        (worker, token, before) -> index(worker).revoke("ada", before.handle(), NOW),
        MigrationStepsTest::assertGone);
    atEachStep(
        way, (worker, token, before) -> index(worker).purge(NOW), MigrationStepsTest::assertGone);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void rolesChangeWhereverASessionIs(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> index(worker).changeRoles("ada", Set.of("admin"), NOW),
        (worker, token) ->
            assertEquals(
                Set.of("admin"),
                load(worker, token).orElseThrow().envelope().principal().orElseThrow().roles()));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aNewIdIsTheOnlyOne(Way way) {
    String[] latest = new String[1];
    atEachStep(
        way,
        (worker, token, before) -> {
          Written written = worker.rotate(before, PERSON, ONE_MORE, OPTIONS);
          latest[0] = written.token().orElseThrow();
        },
        (worker, token) -> {
          assertEquals(Optional.empty(), load(worker, token));
          assertEquals("1", load(worker, latest[0]).orElseThrow().attributes().get("n"));
          assertEquals(1, index(worker).list("ada", NOW).size());
        });
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void anAliasLeadsToItsSessionAtEveryStep(Way way) {
    for (int step = 0; step < MOST_STEPS; step++) {
      open(way);
      MigratingStore worker = worker();
      String old = signIn(worker);
      StoredSession before = load(worker, old).orElseThrow();
      WriteOptions grace = OPTIONS.withGrace(Duration.ofMinutes(1));
      String latest = worker.rotate(before, PERSON, ONE_MORE, grace).token().orElseThrow();
      Phase.MOVING.record(((Transferable) from).transfer());
      int[] left = {step};
      Watched.Between between =
          name -> {
            if (left[0]-- == 0) {
              assertTrue(worker.open(old, NOW) instanceof Opened.Live, "through " + name);
              assertTrue(load(worker, latest).isPresent(), name);
            }
          };
      migration(Watched.store(from, between), Watched.store(to, between)).move(moved -> {});
      assertTrue(worker().open(old, NOW) instanceof Opened.Live);
      assertTrue(worker().delete(old, Optional.empty(), NOW));
      assertEquals(Optional.empty(), load(worker(), latest));
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void allIsThereAfterwardsAndTheOldStoreKnowsThatItCannotKnow(Way way) {
    open(way);
    MigratingStore worker = worker();
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tokens.add(signIn(worker));
    }
    List<SessionInfo> listed = index(worker).list("ada", NOW);
    Migration.Count before = migration(from, to).count();
    assertEquals(20, before.sessions());
    assertEquals(0, index(to).stats(NOW).live(), "a look moves nothing");
    Migration.Count moved = migrate();
    assertEquals(20, moved.sessions());
    assertTrue(moved.left().isNothing());
    assertEquals(0, index(from).stats(NOW).live());
    assertEquals(20, index(to).stats(NOW).live());
    assertEquals(Set.copyOf(listed), Set.copyOf(index(to).list("ada", NOW)));
    for (String token : tokens) {
      assertEquals(SOON, load(to, token).orElseThrow().deadline());
      assertEquals(load(to, token), load(worker(), token));
    }
    // Worker and command that were not told of it: neither "no session" nor "signed out".
    assertThrows(SessionStoreException.class, () -> from.open(tokens.get(0), NOW));
    assertThrows(
        SessionStoreException.class, () -> from.delete(tokens.get(0), Optional.empty(), NOW));
    assertEquals(0, migrate().sessions(), "again is nothing");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whatLeftComesBack(Way way) {
    open(way);
    String token = signIn(worker());
    migrate();
    SessionStore first = from;
    from = to;
    to = first;
    assertEquals(1, migrate().sessions());
    assertTrue(load(first, token).isPresent());
    assertEquals(1, index(worker()).revokeAll("ada", Optional.empty(), NOW));
    assertGone(worker(), token);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whatHasEndedDoesNotMove(Way way) {
    open(way);
    String token = from.create(PERSON, Map.of(), WriteOptions.at(NOW, NOW)).orElseThrow();
    assertEquals(0, migrate().sessions());
    assertFalse(load(to, token).isPresent());
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void nothingMovesBeforeEveryWorkerThatLivesKnowsOfIt(Way way) {
    open(way);
    signIn(from);
    Transfer old = ((Transferable) from).transfer();
    Transfer next = ((Transferable) to).transfer();
    worker().beat("dead");
    assertEquals(Set.of(), migration(from, to).begin(Duration.ofMillis(60)), "it gives no sign");
    Phase.PREPARED.record(old);
    ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor();
    try {
      AtomicLong beat = new AtomicLong();
      Runnable deaf = () -> old.note("worker-deaf", beat.incrementAndGet() + " ");
      deaf.run();
      Future<?> unused = threads.scheduleWithFixedDelay(deaf, 0, 5, TimeUnit.MILLISECONDS);
      refused("another one", Duration.ofMinutes(1));
      assertEquals("", old.notes().getOrDefault("phase", ""));
      Optional<String> refusal = Optional.empty();
      while (refusal.isEmpty()) {
        next.note("worker-deaf", "1 ");
        refusal = refusal(Duration.ofSeconds(1));
      }
      assertTrue(refusal.get().contains("not acknowledged"), refusal.get());
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, index(from).stats(NOW).live());
  }

  private void refused(String why, Duration patience) {
    String refusal = refusal(patience).orElseThrow();
    assertTrue(refusal.contains(why), refusal);
  }

  /** None where the worker gave no sign for so long, because this machine was busy elsewhere. */
  private Optional<String> refusal(Duration patience) {
    try {
      assertEquals(Set.of(), migration(from, to).begin(patience), "it does not know of it");
      return Optional.empty();
    } catch (IllegalStateException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }
}
