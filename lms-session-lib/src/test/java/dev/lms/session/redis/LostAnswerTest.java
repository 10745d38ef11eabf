// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.RedisUrl.Topology;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * G2 on a bad network: Redis has run a command, and then the connection breaks. Nobody may send a
 * change again, neither this store nor Jedis: its caller learns that its fate is unknown. What does
 * no harm twice, reads and touches and ends, must be sent again.
 */
class LostAnswerTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());

  private static final Envelope ANN =
      new Envelope(
          NOW,
          Optional.of(NOW),
          NOW.plus(Duration.ofDays(7)),
          Optional.of(new Principal("ann", Set.of())));

  private interface Body {
    void run(SessionStore store, ParkingProxy proxy);
  }

  /** Servers that take up to two seconds to start, and a proxy that leads to them. */
  private record Place(ParkingProxy proxy, RedisServer server, List<RedisServer> all, String url) {
    static Place start(Topology topology) {
      try {
        return switch (topology) {
          case SINGLE -> {
            RedisServer server = RedisServer.start();
            ParkingProxy proxy = new ParkingProxy(server.port());
            yield new Place(proxy, server, List.of(server), proxy.url());
          }
          case SENTINEL -> {
            RedisServer server = RedisServer.start();
            ParkingProxy proxy = new ParkingProxy(server.port());
            RedisServer sentinel = RedisServer.sentinel(RedisBinary.INSTALLED, "lms", proxy.port());
            String url = "redis-sentinel://127.0.0.1:" + sentinel.port() + "/lms";
            yield new Place(proxy, server, List.of(sentinel, server), url);
          }
          case CLUSTER -> {
            int port = RedisServer.freePort();
            ParkingProxy proxy = new ParkingProxy(port);
            RedisServer server = clusterOfOne(port, proxy);
            String url = "redis-cluster://127.0.0.1:" + proxy.port();
            yield new Place(proxy, server, List.of(server), url);
          }
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void close() {
      proxy.close();
      all.forEach(RedisServer::close);
    }
  }

  private static final Map<Topology, Place> PLACES = new EnumMap<>(Topology.class);

  @AfterAll
  static void stop() {
    PLACES.values().forEach(Place::close);
  }

  /** A store that reaches its Redis, which is empty, through the proxy only. */
  private static void with(Topology topology, Body body) {
    Place place = PLACES.computeIfAbsent(topology, Place::start);
    try (Jedis admin = place.server().jedis()) {
      admin.flushAll();
    }
    try (UnifiedJedis client = RedisConnections.open(place.url(), 4)) {
      body.run(new RedisSessionStore(client, KEYS, "session:"), place.proxy());
    }
    assertTrue(place.server().process().isAlive());
  }

  /** A cluster node that owns all slots and tells clients to come through the proxy. */
  private static RedisServer clusterOfOne(int port, ParkingProxy proxy) throws IOException {
    RedisServer server =
        RedisServer.start(
            port,
            "--cluster-enabled",
            "yes",
            "--cluster-announce-ip",
            "127.0.0.1",
            "--cluster-announce-port",
            Integer.toString(proxy.port()));
    try (Jedis admin = server.jedis()) {
      RedisCluster.takeAllSlots(admin);
    }
    return server;
  }

  private static StoredSession begin(SessionStore store) {
    String token =
        store.create(STRANGER, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = load(store, token);
    // Redis knows the script from here on.
    assertTrue(store.update(session, Changes.NONE, WriteOptions.at(NOW, SOON)).token().isPresent());
    return session;
  }

  private static StoredSession load(SessionStore store, String token) {
    return Stores.load(store, token)
        .orElseThrow(() -> new AssertionError("the session is not there"));
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void anIncrementIsNeverSentTwice(Topology topology) {
    with(
        topology,
        (store, proxy) -> {
          StoredSession session = begin(store);
          Changes one = new Changes(Map.of(), Set.of(), Map.of("visits", 1L));
          assertTrue(store.update(session, one, WriteOptions.at(NOW, SOON)).isStored());
          proxy.loseAnswerTo("EVALSHA");
          assertThrows(
              SessionStoreException.class,
              () -> store.update(session, one, WriteOptions.at(NOW, SOON)));
          assertTrue(proxy.hasLost());
          assertEquals("2", load(store, session.token()).attributes().get("visits"));
        });
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void aRotationOfUnknownOutcomeIsAnOutageNotAVanishedSession(Topology topology) {
    with(
        topology,
        (store, proxy) -> {
          StoredSession session = begin(store);
          proxy.loseAnswerTo("EVALSHA");
          assertThrows(
              SessionStoreException.class,
              () -> store.rotate(session, STRANGER, Changes.NONE, WriteOptions.at(NOW, SOON)));
          assertTrue(proxy.hasLost());
          assertEquals(Optional.empty(), Stores.load(store, session.token()), "it was rotated");
        });
  }

  private static Changes set(String value) {
    return new Changes(Map.of("a", value), Set.of(), Map.of());
  }

  /** What became of a commit whose answer was lost, while another was acknowledged. */
  private static void commitBetween(
      SessionStore store, ParkingProxy proxy, Changes lost, Map<String, String> expected) {
    StoredSession session = begin(store);
    proxy.loseAnswerTo("EVALSHA");
    ParkingProxy.Stop beforeARepeat = proxy.stopAfter(1);
    CompletableFuture<Object> mine =
        CompletableFuture.supplyAsync(
            () -> outcome(() -> store.update(session, lost, WriteOptions.at(NOW, SOON))));
    assertDoesNotThrow(() -> beforeARepeat.isReachedBefore(mine));
    assertTrue(proxy.hasLost());
    beforeARepeat.release();
    StoredSession seen = load(store, session.token());
    assertNotEquals(session.attributes(), seen.attributes(), "it was done");
    assertTrue(store.update(seen, set("theirs"), WriteOptions.at(NOW, SOON)).isStored());
    assertEquals("unknown", mine.join());
    assertEquals(expected, load(store, session.token()).attributes());
  }

  private static Object outcome(Supplier<?> call) {
    try {
      return call.get();
    } catch (SessionStoreException e) {
      return "unknown";
    }
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void whatWasAcknowledgedMeanwhileIsNotUndone(Topology topology) {
    Map<String, String> theirs = Map.of("a", "theirs");
    with(topology, (store, proxy) -> commitBetween(store, proxy, set("mine"), theirs));
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void aRemovalIsNotDoneAgain(Topology topology) {
    Changes removal = new Changes(Map.of(), Set.of("a"), Map.of());
    Map<String, String> theirs = Map.of("a", "theirs");
    with(topology, (store, proxy) -> commitBetween(store, proxy, removal, theirs));
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void aCommitDoesNotConflictWithItself(Topology topology) {
    with(
        topology,
        (store, proxy) -> {
          StoredSession session = begin(store);
          proxy.loseAnswerTo("EVALSHA");
          Map<String, Optional<String>> seen = Map.of("a", Optional.of("1"));
          Changes mine = new Changes(Map.of("a", "2"), Set.of(), Map.of(), seen);
          assertEquals(
              "unknown", outcome(() -> store.update(session, mine, WriteOptions.at(NOW, SOON))));
          assertTrue(proxy.hasLost());
          assertEquals("2", load(store, session.token()).attributes().get("a"));
        });
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void aBeginningOfUnknownFateIsNotDoneAgain(Topology topology) {
    with(
        topology,
        (store, proxy) -> {
          // Redis knows the script from here on.
          store.create(ANN, Map.of(), WriteOptions.at(NOW, SOON));
          assertEquals(1, Stores.index(store).revokeAll("ann", Optional.empty(), NOW));
          for (Envelope who : List.of(STRANGER, ANN)) {
            // In a cluster alone, else in a MULTI with what enters it in the index.
            boolean alone = topology == Topology.CLUSTER || who.equals(STRANGER);
            begin(store);
            long before = sessions(store);
            proxy.loseAnswerTo(alone ? "SET" : "EXEC");
            assertEquals(
                "unknown",
                outcome(
                    () -> store.create(who, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow()));
            assertTrue(proxy.hasLost());
            assertEquals(before + 1, sessions(store), "it began, and once");
          }
          assertEquals(
              1,
              Stores.index(store).revokeAll("ann", Optional.empty(), NOW),
              "and is not lost to us");
        });
  }

  private static long sessions(SessionStore store) {
    SessionCensus stats = Stores.index(store).stats(NOW);
    return stats.signedIn() + stats.anonymous();
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void readingTouchingAndSigningOutAreDoneAgain(Topology topology) {
    with(
        topology,
        (store, proxy) -> {
          StoredSession session = begin(store);
          proxy.loseAnswerTo("GET");
          load(store, session.token());
          assertTrue(proxy.hasLost());
          Instant later = SOON.plusSeconds(500);
          proxy.loseAnswerTo("EVALSHA");
          assertTrue(store.update(session, Changes.NONE, WriteOptions.at(NOW, later)).isStored());
          assertTrue(proxy.hasLost());
          assertEquals(later, load(store, session.token()).deadline());
          proxy.loseAnswerTo(topology == Topology.CLUSTER ? "EVALSHA" : "EVAL");
          Stores.end(store, session, NOW);
          assertTrue(proxy.hasLost());
          assertEquals(Optional.empty(), Stores.load(store, session.token()));
        });
  }

  /** An operator who is told that nobody was signed in looks no further. */
  @ParameterizedTest
  @EnumSource(Topology.class)
  void revokingCountsWhatItEndedAtTheFirstAttempt(Topology topology) {
    String revoke = topology == Topology.CLUSTER ? "EVALSHA" : "EVAL";
    with(
        topology,
        (store, proxy) -> {
          store.create(ANN, Map.of(), WriteOptions.at(NOW, SOON));
          StoredSession one =
              load(store, store.create(ANN, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          // Redis knows the script from here on.
          assertTrue(Stores.index(store).revoke("ann", one.handle(), NOW));
          StoredSession two =
              load(store, store.create(ANN, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          proxy.loseAnswerTo(revoke);
          assertTrue(Stores.index(store).revoke("ann", two.handle(), NOW));
          assertTrue(proxy.hasLost());
          store.create(ANN, Map.of(), WriteOptions.at(NOW, SOON));
          proxy.loseAnswerTo(revoke);
          assertEquals(2, Stores.index(store).revokeAll("ann", Optional.empty(), NOW));
          assertTrue(proxy.hasLost());
          assertEquals(0, Stores.index(store).revokeAll("ann", Optional.empty(), NOW));
          store.create(ANN, Map.of(), WriteOptions.at(NOW, SOON));
          begin(store);
          proxy.loseAnswerTo(topology == Topology.CLUSTER ? "DEL" : "EVAL");
          assertEquals(2, Stores.index(store).purge(NOW));
          assertTrue(proxy.hasLost());
        });
  }
}
