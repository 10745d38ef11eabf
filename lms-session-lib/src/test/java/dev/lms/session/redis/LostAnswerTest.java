package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.redis.RedisUrl.Topology;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * G2 on a bad network: Redis has run a command, and then the connection breaks. Nobody may send an
 * increment or a rotation again, neither this store nor Jedis; all else must be sent again.
 */
class LostAnswerTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());

  private interface Body {
    void run(SessionStore store, ParkingProxy proxy);
  }

  /** A store that reaches its Redis through the proxy only. */
  private static void with(Topology topology, Body body) throws Exception {
    switch (topology) {
      case SINGLE -> {
        try (RedisServer server = RedisServer.start();
            ParkingProxy proxy = new ParkingProxy(server.port())) {
          run(proxy.url(), proxy, body);
        }
      }
      case SENTINEL -> {
        try (RedisServer server = RedisServer.start();
            ParkingProxy proxy = new ParkingProxy(server.port());
            RedisServer sentinel =
                RedisServer.sentinel(RedisBinary.INSTALLED, "lms", proxy.port())) {
          run("redis-sentinel://127.0.0.1:" + sentinel.port() + "/lms", proxy, body);
        }
      }
      case CLUSTER -> {
        int port = RedisServer.freePort();
        try (ParkingProxy proxy = new ParkingProxy(port);
            RedisServer server = clusterOfOne(port, proxy)) {
          run("redis-cluster://127.0.0.1:" + proxy.port(), proxy, body);
          assertTrue(server.process().isAlive());
        }
      }
    }
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

  private static void run(String url, ParkingProxy proxy, Body body) {
    try (UnifiedJedis client = RedisConnections.open(url, 4)) {
      body.run(new RedisSessionStore(client, KEYS, "session:"), proxy);
    }
  }

  private static StoredSession begin(SessionStore store) {
    String token = store.create(STRANGER, Map.of("a", "1"), SOON, NOW);
    StoredSession session = load(store, token);
    // Redis knows the script from here on.
    assertTrue(store.update(session, Changes.NONE, SOON, NOW).token().isPresent());
    return session;
  }

  private static StoredSession load(SessionStore store, String token) {
    return store.load(token).orElseThrow(() -> new AssertionError("the session is not there"));
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void anIncrementIsNeverSentTwice(Topology topology) throws Exception {
    with(
        topology,
        (store, proxy) -> {
          StoredSession session = begin(store);
          proxy.loseAnswerTo("EVALSHA");
          Changes one = new Changes(Map.of(), Set.of(), Map.of("visits", 1L));
          assertThrows(SessionStoreException.class, () -> store.update(session, one, SOON, NOW));
          assertTrue(proxy.hasLost());
          assertEquals("1", load(store, session.token()).attributes().get("visits"));
        });
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void aRotationOfUnknownOutcomeIsAnOutageNotAVanishedSession(Topology topology) throws Exception {
    with(
        topology,
        (store, proxy) -> {
          StoredSession session = begin(store);
          proxy.loseAnswerTo("EVALSHA");
          assertThrows(
              SessionStoreException.class,
              () -> store.rotate(session, STRANGER, Changes.NONE, SOON, NOW));
          assertTrue(proxy.hasLost());
          assertEquals(Optional.empty(), store.load(session.token()), "it was rotated");
        });
  }

  @ParameterizedTest
  @EnumSource(Topology.class)
  void whatMayBeSentTwiceIs(Topology topology) throws Exception {
    with(
        topology,
        (store, proxy) -> {
          StoredSession session = begin(store);
          proxy.loseAnswerTo("EVALSHA");
          Changes set = new Changes(Map.of("a", "2"), Set.of(), Map.of());
          assertTrue(store.update(session, set, SOON, NOW).token().isPresent());
          assertTrue(proxy.hasLost());
          proxy.loseAnswerTo("GET");
          assertEquals("2", load(store, session.token()).attributes().get("a"));
          assertTrue(proxy.hasLost());
        });
  }
}
