// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisServer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * A burst of requests on a pool that has no connection yet: all are served, none over the bound.
 */
class RedisPoolTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());
  private static final int CONNECTIONS = 4;
  private static final int REQUESTS = 1000;

  @Test
  void aPoolOfNoConnectionsIsRefusedBeforeAnybodyIsAsked() {
    for (int none : new int[] {0, -1}) {
      for (String url :
          List.of(
              "redis://localhost:1",
              "redis-sentinel://localhost:1/name",
              "redis-cluster://localhost:1")) {
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class, () -> RedisConnections.open(url, none), url);
        assertTrue(
            String.valueOf(e.getMessage()).contains(none + " connections; allow one or more"),
            e.getMessage());
      }
    }
  }

  @Test
  void aThousandThreadsOnAColdPoolAreAllServed() throws Throwable {
    try (RedisServer server = RedisServer.start();
        Jedis admin = server.jedis();
        UnifiedJedis client = RedisConnections.open(server.url(), CONNECTIONS)) {
      SessionStore store = new RedisSessionStore(client, KEYS, "session:");
      String token = begin(server);
      long before = connections(admin);
      ExecutorService threads = threads(REQUESTS);
      try {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Optional<String>>> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
          requests.add(
              threads.submit(
                  () -> {
                    start.await();
                    return Stores.load(store, token).map(session -> session.attributes().get("a"));
                  }));
        }
        start.countDown();
        for (Future<Optional<String>> request : requests) {
          assertEquals(Optional.of("1"), request.get(60, TimeUnit.SECONDS));
        }
      } finally {
        threads.shutdownNow();
      }
      long opened = connections(admin) - before;
      assertTrue(opened > 0 && opened <= CONNECTIONS, "opened " + opened);
    }
  }

  /** By a client of its own: the pool that is tested stays cold. */
  private static String begin(RedisServer server) {
    try (UnifiedJedis client = RedisConnections.open(server.url(), 1)) {
      SessionStore store = new RedisSessionStore(client, KEYS, "session:");
      return store
          .create(STRANGER, Map.of("a", "1"), WriteOptions.at(NOW, NOW.plusSeconds(60)))
          .orElseThrow();
    }
  }

  private static long connections(Jedis admin) {
    return Long.parseLong(RedisServer.info(admin, "stats", "total_connections_received"));
  }

  /** Virtual ones where the JDK has them; before 21, as many of the others. */
  static ExecutorService threads(int most) throws Throwable {
    if (Runtime.version().feature() < 21) {
      return Executors.newFixedThreadPool(most);
    }
    return (ExecutorService)
        MethodHandles.publicLookup()
            .findStatic(
                Executors.class,
                "newVirtualThreadPerTaskExecutor",
                MethodType.methodType(ExecutorService.class))
            .invokeExact();
  }
}
