// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.redis.server.RedisServer;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Runs every benchmark method against real parts and looks at what it did. A method that is not
 * named here fails the test of its class.
 */
class ContendersTest {
  private final Set<String> ran = new TreeSet<>();

  private void reads(String method, Callable<Long> read) throws Exception {
    ran.add(method);
    assertEquals(Sample.CHARACTERS, read.call(), method);
  }

  /** The second call reads what the first one wrote. */
  private void changes(String method, Callable<Long> change) throws Exception {
    ran.add(method);
    assertEquals(List.of(1L, 2L), List.of(change.call(), change.call()), method);
  }

  private interface Reader<T> {
    long read(T created) throws Exception;
  }

  private <T> void creates(String method, Callable<T> create, Reader<T> reader) throws Exception {
    ran.add(method);
    T first = create.call();
    T second = create.call();
    assertEquals(2, Set.of(first, second).size(), method);
    assertEquals(Sample.CHARACTERS, reader.read(first), method);
    assertEquals(Sample.CHARACTERS, reader.read(second), method);
  }

  private void throughTheStore(StoreBenchmark store) throws Exception {
    reads("read", store::read);
    changes("change", store::change);
    creates("create", store::create, store::read);
  }

  private void assertAllRan(Class<?> benchmark) {
    Set<String> all = new TreeSet<>();
    for (Method method : benchmark.getMethods()) {
      if (method.isAnnotationPresent(Benchmark.class)) {
        all.add(method.getName());
      }
    }
    assertEquals(all, ran);
  }

  @Test
  void redis() throws Exception {
    try (RedisServer server = RedisServer.start()) {
      RedisBenchmark.Shared shared = new RedisBenchmark.Shared();
      shared.redisUrl = server.url();
      shared.connect();
      RedisBenchmark store = new RedisBenchmark();
      RedisBenchmark byHand = new RedisBenchmark();
      store.begin(shared);
      byHand.begin(shared);

      throughTheStore(store);
      reads("readRawHgetall", byHand::readRawHgetall);
      reads("readRawGetex", byHand::readRawGetex);
      reads("readRawLettucePipelined", byHand::readRawLettucePipelined);
      creates("begin", store::begin, store::read);
      reads("readSpringJedis", byHand::readSpringJedis);
      reads("readSpringLettuce", byHand::readSpringLettuce);
      reads("readSpringIndexedJedis", byHand::readSpringIndexedJedis);
      reads("readSpringIndexedLettuce", byHand::readSpringIndexedLettuce);
      creates("createRaw", byHand::createRaw, byHand::readHash);
      creates("beginRawSet", byHand::beginRawSet, byHand::readString);
      creates("beginRawSigned", byHand::beginRawSigned, byHand::readSigned);
      creates("createSpringJedis", byHand::createSpringJedis, byHand::readSpring);
      creates("createSpringLettuce", byHand::createSpringLettuce, byHand::readSpring);
      creates(
          "createSpringIndexedJedis", byHand::createSpringIndexedJedis, byHand::readSpringIndexed);
      changes("changeRaw", byHand::changeRaw);
      assertAllRan(RedisBenchmark.class);

      try (var admin = server.jedis()) {
        for (String key : admin.keys("*")) {
          // Of its indexes Spring Session takes care itself: of people, and of what ends in which
          // minute, which has no deadline for a moment when that changes.
          boolean springs =
              key.contains("spring-indexed:index") || key.contains("spring-indexed:expirations");
          assertEquals(true, springs || admin.ttl(key) > 0, key + " has no deadline");
        }
        admin.set("somebody else's", "1");
        shared.clear();
        assertEquals(Set.of("somebody else's"), admin.keys("*"));
      }
      store.disconnect();
      byHand.disconnect();
      shared.disconnect();
    }
  }

  @Test
  void files() throws Exception {
    FileBenchmark.Shared shared = new FileBenchmark.Shared();
    shared.open();
    FileBenchmark store = new FileBenchmark();
    FileBenchmark byHand = new FileBenchmark();
    store.begin(shared);
    byHand.begin(shared);

    throughTheStore(store);
    reads("readRaw", byHand::readRaw);
    creates("createRaw", byHand::createRaw, byHand::readFile);
    changes("changeRaw", byHand::changeRaw);
    reads("touch", store::touch);
    reads("touch", store::touch);
    reads("touchJetty", byHand::touchJetty);
    reads("touchJetty", byHand::touchJetty);
    creates("createJetty", byHand::createJetty, byHand::readJetty);
    assertAllRan(FileBenchmark.class);

    Path created = byHand.createRaw();
    shared.delete();
    assertEquals(false, created.toFile().exists(), "what was created is deleted");
  }

  @Test
  void databases() throws Exception {
    JdbcBenchmark.Shared shared = new JdbcBenchmark.Shared();
    shared.postgresUrl = PostgresServer.shared().newDatabase();
    shared.connect();
    JdbcBenchmark store = new JdbcBenchmark();
    JdbcBenchmark byHand = new JdbcBenchmark();
    store.begin(shared);
    byHand.begin(shared);

    throughTheStore(store);
    reads("touch", store::touch);
    reads("touch", store::touch);
    reads("readSpring", byHand::readSpring);
    reads("touchSpring", byHand::touchSpring);
    changes("changeSpring", byHand::changeSpring);
    creates("createSpring", byHand::createSpring, byHand::readSpring);
    assertAllRan(JdbcBenchmark.class);
    shared.clear();
    shared.disconnect();
  }

  @Test
  void cookies() throws Exception {
    CookieBenchmark store = new CookieBenchmark();
    CookieBenchmark byHand = new CookieBenchmark();
    CookieBenchmark.Shared shared = new CookieBenchmark.Shared();
    store.begin(shared);
    byHand.begin(shared);

    throughTheStore(store);
    reads("readRaw", byHand::readRaw);
    creates("createRaw", byHand::createRaw, byHand::readToken);
    changes("changeRaw", byHand::changeRaw);
    assertAllRan(CookieBenchmark.class);
  }
}
