// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.server.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Many who read at once: fewer round trips, the same answers, and no trouble but one's own. */
class SharedReadsTest {
  private static final int READERS = 50;
  private static final int LANES = 2;

  private final RedisServer server = RedisServer.start();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private UnifiedJedis redis;
  private SharedReads reads;

  @BeforeEach
  void connect() {
    redis = patient(server, READERS);
    reads = new SharedReads(redis, Duration.ofMinutes(1));
    for (int i = 0; i < READERS; i++) {
      put(redis, "key" + i, Map.of("number", Integer.toString(i)));
    }
    assertEquals("0", read("key0"));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    redis.close();
    server.close();
  }

  /** A client that waits for a paused Redis for longer than a busy machine makes any test take. */
  static UnifiedJedis patient(RedisServer server, int connections) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setJmxEnabled(false);
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("127.0.0.1", server.port()))
        .poolConfig(pool)
        .clientConfig(DefaultJedisClientConfig.builder().socketTimeoutMillis(60_000).build())
        .build();
  }

  /** A session under this key, as the store writes it, but for its signature. */
  static void put(UnifiedJedis redis, String key, Map<String, String> attributes) {
    byte[] text = SessionText.of(Instant.EPOCH, "envelope", attributes);
    redis.set(key.getBytes(StandardCharsets.UTF_8), text);
  }

  static Map<String, String> attributes(RedisValue value) {
    return ((RedisValue.Found) value).attributes();
  }

  private String read(String key) {
    return Objects.requireNonNull(attributes(reads.read(key)).get("number"));
  }

  /** All of these at once, while Redis does not answer: so those that find no lane must queue. */
  private <T> List<Future<T>> whilePaused(List<Callable<T>> all) throws Exception {
    server.pause();
    List<Future<T>> running = new ArrayList<>();
    try {
      for (Callable<T> one : all) {
        running.add(threads.submit(one));
      }
      await(() -> reads.waiting() == all.size() - LANES);
    } finally {
      server.resume();
    }
    return running;
  }

  static void await(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < giveUp, "waited in vain");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private List<Callable<String>> readers() {
    List<Callable<String>> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      String key = "key" + i;
      readers.add(() -> read(key));
    }
    return readers;
  }

  @Test
  void readsThatWaitShareARoundTrip() throws Exception {
    try (Jedis admin = server.jedis()) {
      long before = RedisServer.totalReads(admin);
      List<Future<String>> answers = whilePaused(readers());
      for (int i = 0; i < READERS; i++) {
        assertEquals(Integer.toString(i), answers.get(i).get(60, TimeUnit.SECONDS));
      }
      long trips = RedisServer.totalReads(admin) - before;
      // Two each, the question itself, and what new connections say first.
      assertTrue(trips < READERS / 4, trips + " round trips");
    }
  }

  @Test
  void whatRedisRefusesIsOneReadersTrouble() throws Exception {
    redis.hset("hash", "no", "text");
    List<Callable<String>> readers = readers();
    readers.set(READERS / 2, () -> read("hash"));
    List<Future<String>> answers = whilePaused(readers);
    for (int i = 0; i < READERS; i++) {
      Future<String> answer = answers.get(i);
      if (i == READERS / 2) {
        ExecutionException refused =
            assertThrows(ExecutionException.class, () -> answer.get(60, TimeUnit.SECONDS));
        assertInstanceOf(JedisDataException.class, refused.getCause());
      } else {
        assertEquals(Integer.toString(i), answer.get(60, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void aBrokenConnectionFailsAllThatWereOnItAndNobodyLater() throws Exception {
    List<Future<String>> answers = whilePaused(readers());
    server.kill();
    for (Future<String> answer : answers) {
      try {
        answer.get(60, TimeUnit.SECONDS); // It was quicker than the end.
      } catch (ExecutionException e) {
        assertInstanceOf(JedisException.class, e.getCause());
      }
    }
    assertEquals(0, reads.waiting());
    server.restart();
    assertInstanceOf(RedisClient.class, redis).getPool().clear();
    put(redis, "key1", Map.of("number", "again"));
    for (int i = 0; i <= LANES; i++) {
      assertEquals("again", read("key1"), "a lane was lost");
    }
  }

  @Test
  void whoWaitsForATurnIsToldOfAnOutageAtOnce() throws Exception {
    server.pause();
    try {
      List<Future<String>> queued = new ArrayList<>();
      for (Callable<String> reader : readers()) {
        queued.add(threads.submit(reader));
      }
      await(() -> reads.waiting() == READERS - LANES);
      reads.giveUp();
      await(() -> queued.stream().filter(Future::isDone).count() >= READERS - LANES);
      assertEquals(0, reads.waiting());
    } finally {
      server.resume();
    }
  }

  @Test
  void whatIsReadWasReadAfterItWasAskedFor() throws Exception {
    AtomicLong written = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    put(redis, "key0", Map.of("number", "0"));
    List<Future<Long>> readers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      readers.add(
          threads.submit(
              () -> {
                long seen = 0;
                while (!over.get()) {
                  long least = written.get();
                  long value = Long.parseLong(read("key0"));
                  assertTrue(value >= least, value + " was read where " + least + " was written");
                  seen++;
                }
                return seen;
              }));
    }
    for (long value = 1; value <= 5000; value++) {
      put(redis, "key0", Map.of("number", Long.toString(value)));
      written.set(value);
    }
    over.set(true);
    for (Future<Long> reader : readers) {
      assertTrue(reader.get(60, TimeUnit.SECONDS) > 0);
    }
  }
}
