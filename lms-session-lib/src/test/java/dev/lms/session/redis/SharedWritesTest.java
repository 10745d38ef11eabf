// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ClientKillParams;

/** Many who change something at once: fewer round trips, and each is done once or not at all. */
class SharedWritesTest {
  private static final int WRITERS = 50;
  private static final int LANES = 2;
  private static final List<String> KEY = List.of("list");

  private static RedisServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Script push = Script.named("push.lua");
  private UnifiedJedis redis;
  private Jedis admin;
  private SharedWrites writes;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @BeforeEach
  void connect() {
    redis = SharedReadsTest.patient(server, WRITERS);
    admin = server.jedis();
    admin.flushAll();
    writes = new SharedWrites(redis, Duration.ofMinutes(1));
    assertEquals("warm", writes.run(push, KEY, List.of("warm")));
    admin.del("list");
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    redis.close();
    admin.close();
  }

  private List<String> pushed() {
    return admin.lrange("list", 0, -1);
  }

  private static void eachOnce(List<String> pushed, int least, int most) {
    assertEquals(Set.copyOf(pushed).size(), pushed.size(), () -> "twice: " + pushed);
    assertTrue(pushed.size() >= least && pushed.size() <= most, () -> "done: " + pushed);
  }

  private List<Future<Object>> submit(SharedWrites writes) {
    List<Future<Object>> running = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      List<String> own = List.of("w" + i);
      running.add(threads.submit(() -> writes.run(push, KEY, own)));
    }
    return running;
  }

  private List<Future<Object>> start(SharedWrites writes) {
    List<Future<Object>> running = submit(writes);
    SharedReadsTest.await(() -> writes.waiting() == WRITERS - LANES);
    return running;
  }

  @Test
  void changesThatWaitShareARoundTripAndEachIsDoneOnce() throws Exception {
    long before = RedisServer.totalReads(admin);
    server.pause();
    List<Future<Object>> running;
    try {
      running = start(writes);
    } finally {
      server.resume();
    }
    for (int i = 0; i < WRITERS; i++) {
      assertEquals("w" + i, running.get(i).get(60, TimeUnit.SECONDS), "its own answer");
    }
    long trips = RedisServer.totalReads(admin) - before;
    assertTrue(trips < WRITERS / 4, trips + " round trips");
    eachOnce(pushed(), WRITERS, WRITERS);
  }

  @Test
  void whoseTimeIsUpInTheQueueIsNotSentLater() throws Exception {
    SharedWrites hasty = new SharedWrites(redis, Duration.ofMillis(300));
    server.pause();
    List<Future<Object>> running;
    try {
      running = submit(hasty);
      SharedReadsTest.await(
          () -> running.stream().filter(Future::isDone).count() == WRITERS - LANES);
    } finally {
      server.resume();
    }
    for (Future<Object> one : running) {
      try {
        one.get(60, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        assertInstanceOf(JedisException.class, e.getCause());
      }
    }
    assertEquals("last", hasty.run(push, KEY, List.of("last")), "no lane was lost");
    eachOnce(pushed(), 1, LANES + 1);
  }

  @Test
  void whoWaitsIsToldOfAnOutageAtOnceAndIsNotSent() throws Exception {
    server.pause();
    List<Future<Object>> running;
    try {
      running = start(writes);
      writes.giveUp();
      SharedReadsTest.await(
          () -> running.stream().filter(Future::isDone).count() == WRITERS - LANES);
    } finally {
      server.resume();
    }
    SharedReadsTest.await(() -> running.stream().allMatch(Future::isDone));
    eachOnce(pushed(), LANES, LANES);
  }

  @Test
  void whatRedisHasForgottenIsDoneOnceAndWhatItRefusesIsOnesOwnTrouble() throws Exception {
    admin.set("text", "no list");
    server.pause();
    List<Future<Object>> running;
    Future<Object> refused;
    Future<String> forgotten;
    try {
      running = start(writes);
      refused = threads.submit(() -> writes.run(push, List.of("text"), List.of("x")));
      SharedReadsTest.await(() -> writes.waiting() == WRITERS - LANES + 1);
      // Sent now, run when it goes on: perhaps before the first of them.
      forgotten = threads.submit(() -> admin.scriptFlush());
    } finally {
      server.resume();
    }
    for (int i = 0; i < WRITERS; i++) {
      assertEquals("w" + i, running.get(i).get(60, TimeUnit.SECONDS));
    }
    assertEquals("OK", forgotten.get(60, TimeUnit.SECONDS));
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> refused.get(60, TimeUnit.SECONDS));
    assertInstanceOf(JedisDataException.class, failed.getCause());
  }

  /** Whoever is told that it was done finds it done, once; whoever is not, not twice. */
  @Test
  void aConnectionThatBreaksFailsThoseWhoWereOnItAndNobodySendsAgain() throws Exception {
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    List<Future<Integer>> writers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String name = "t" + i + "-";
      writers.add(
          threads.submit(
              () -> {
                int failures = 0;
                for (int n = 0; n < 300; n++) {
                  String own = name + n;
                  try {
                    assertEquals(own, writes.run(push, KEY, List.of(own)));
                    acknowledged.add(own);
                  } catch (JedisException e) {
                    failures++;
                  }
                }
                return failures;
              }));
    }
    int failures = 0;
    while (writers.stream().anyMatch(one -> !one.isDone())) {
      admin.clientKill(new ClientKillParams().skipMe(ClientKillParams.SkipMe.YES));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
    }
    for (Future<Integer> one : writers) {
      failures += one.get(60, TimeUnit.SECONDS);
    }
    List<String> pushed = pushed();
    assertTrue(failures > 0, "nothing was cut off");
    assertTrue(pushed.containsAll(acknowledged));
    eachOnce(pushed, acknowledged.size(), acknowledged.size() + failures);
  }
}
