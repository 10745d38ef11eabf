// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.ScanIteration;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;

/** Keys of somebody else that are called like ours, or stand where ours should be. */
class ForeignKeysTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), LATER, Optional.empty());
  private static final Envelope ADA =
      new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(new Principal("ada", Set.of())));

  private interface Body {
    void run(UnifiedJedis redis, SessionStore store);
  }

  private static void on(boolean cluster, String prefix, Body body) {
    if (cluster) {
      try (RedisCluster nodes = RedisCluster.start()) {
        on(nodes.url(), prefix, body);
      }
    } else {
      try (RedisServer server = RedisServer.start()) {
        on(server.url(), prefix, body);
      }
    }
  }

  private static void on(String url, String prefix, Body body) {
    try (UnifiedJedis redis = RedisConnections.open(url, 8)) {
      body.run(redis, new RedisSessionStore(redis, KEYS, prefix));
    }
  }

  /** One of every type, under names that differ in their last characters. */
  private static Set<String> plant(UnifiedJedis redis, String name) {
    redis.set(name + "00", "what");
    redis.sadd(name + "01", "x", "y");
    redis.rpush(name + "02", "x", "y");
    redis.hset(name + "03", "x", "y");
    redis.zadd(name + "04", 1, "x");
    redis.xadd(name + "05", StreamEntryID.NEW_ENTRY, Map.of("x", "y"));
    return Set.of(name + "00", name + "01", name + "02", name + "03", name + "04", name + "05");
  }

  private static Set<String> keys(UnifiedJedis redis) {
    Set<String> keys = new HashSet<>();
    ScanIteration scan = redis.scanIteration(100, "*");
    while (!scan.isIterationCompleted()) {
      keys.addAll(scan.nextBatchList());
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(strings = {"session:", "", "CLUSTER"})
  void whatIsNotOursStopsNothingAndStays(String where) {
    boolean cluster = where.equals("CLUSTER");
    String prefix = cluster ? "session:" : where;
    on(
        cluster,
        prefix,
        (redis, store) -> {
          Set<String> foreign = new HashSet<>();
          for (String group : List.of("{aaa}", "{bbb}", "{ccc}")) {
            foreign.addAll(plant(redis, prefix + group + "0123456789abcdef0123456789abcd"));
          }
          Set<String> unreadable = Set.copyOf(foreign);
          foreign.addAll(plant(redis, prefix + "index:"));
          foreign.addAll(plant(redis, prefix + "index:0123456789abcdef"));
          foreign.addAll(plant(redis, prefix + "other"));
          for (int i = 0; i < 12; i++) {
            store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON));
            store.create(ADA, Map.of(), WriteOptions.at(NOW, SOON));
          }
          assertEquals(
              new SessionCensus(12, 12, unreadable.size()), Stores.index(store).stats(NOW));
          assertEquals(12, Stores.index(store).list("ada", NOW).size());
          assertEquals(12, Stores.index(store).revokeAll("ada", Optional.empty(), NOW));
          store.create(ADA, Map.of(), WriteOptions.at(NOW, SOON));
          assertEquals(13, Stores.index(store).purge(NOW));
          assertEquals(0, Stores.index(store).stats(NOW).live());
          // A string in the place of a session may be one that only another key can read.
          foreign.removeIf(key -> unreadable.contains(key) && key.endsWith("00"));
          Set<String> left = keys(redis);
          assertTrue(left.containsAll(foreign), () -> foreign + " in " + left);
          assertEquals(foreign.size(), left.size());
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIndexOfAnotherTypeBeginsAnew(boolean cluster) {
    on(
        cluster,
        "session:",
        (redis, store) -> {
          StoredSession before = signIn(store);
          String index =
              keys(redis).stream().filter(key -> key.contains("index:")).findFirst().orElseThrow();
          replace(redis, index);
          assertEquals(List.of(), Stores.index(store).list("ada", NOW));
          assertEquals(0, Stores.index(store).revokeAll("ada", Optional.empty(), NOW));
          assertTrue(
              store
                  .update(before, Changes.NONE, WriteOptions.at(NOW, SOON.plusSeconds(600)))
                  .isStored());
          assertEquals(1, Stores.index(store).list("ada", NOW).size(), "a touch enters it again");
          replace(redis, index);
          StoredSession second = signIn(store);
          assertEquals(1, Stores.index(store).list("ada", NOW).size());
          replace(redis, index);
          SessionLimit one = SessionLimit.of(1).withWhenReached(SessionLimit.WhenReached.REFUSE);
          Written third =
              store.rotate(second, ADA, Changes.NONE, WriteOptions.at(NOW, SOON).withLimit(one));
          assertTrue(third.isStored());
          replace(redis, index);
          store.delete(third.token().orElseThrow(), Optional.empty(), NOW);
          assertEquals(Optional.empty(), Stores.load(store, third.token().orElseThrow()));
          signIn(store);
          assertTrue(redis.ttl(index) > 0);
          replace(redis, index);
          assertEquals(2, Stores.index(store).purge(NOW), "what no index names any more, too");
        });
  }

  /** Of a sign-in that was entered and may be about to be written. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theMarkWhereASessionMayBeginOutlivesAPurge(boolean cluster) {
    on(
        cluster,
        "session:",
        (redis, store) -> {
          StoredSession session = signIn(store);
          String key =
              keys(redis).stream().filter(name -> name.contains("{")).findFirst().orElseThrow();
          redis.del(key);
          store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON));
          assertEquals(1, Stores.index(store).purge(NOW));
          assertEquals(List.of(), Stores.index(store).list("ada", NOW));
          assertTrue(key.endsWith(session.handle()));
          assertEquals(Set.of(key), keys(redis));
          assertEquals("revoked", redis.get(key));
          assertTrue(redis.ttl(key) > 0);
        });
  }

  private static StoredSession signIn(SessionStore store) {
    return Stores.load(store, store.create(ADA, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow())
        .orElseThrow();
  }

  private static void replace(UnifiedJedis redis, String index) {
    redis.del(index);
    redis.sadd(index, "x", "y");
  }

  /** Ended by what its index says, whatever is in its place. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSessionOfAnotherTypeStopsNoRevocation(boolean cluster) {
    on(
        cluster,
        "session:",
        (redis, store) -> {
          StoredSession first = signIn(store);
          signIn(store);
          String key =
              keys(redis).stream()
                  .filter(name -> name.endsWith(first.handle()))
                  .findFirst()
                  .orElseThrow();
          replace(redis, key);
          assertEquals(1, Stores.index(store).list("ada", NOW).size());
          Changes set = new Changes(Map.of("a", "1"), Set.of(), Map.of());
          assertEquals(Written.GONE, store.update(first, set, WriteOptions.at(NOW, SOON)));
          assertEquals(
              Written.GONE, store.rotate(first, STRANGER, set, WriteOptions.at(NOW, SOON)));
          assertEquals(1, Stores.index(store).revokeAll("ada", Optional.empty(), NOW));
          assertEquals(0, Stores.index(store).stats(NOW).live());
          assertTrue(redis.ttl(key) > 0, "the mark");
        });
  }
}
