// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** Stores on a database of the test's own, on H2, and what they asked of it. */
abstract class JdbcFixture {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
  static final Instant SOON = NOW.plus(Duration.ofMinutes(30));
  static final Instant LATER = NOW.plus(Duration.ofDays(7));
  static final WriteOptions AT = WriteOptions.at(NOW, SOON);
  final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
  final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  TestPool pool(int size, boolean autoCommit) {
    TestPool pool = new TestPool(url, size, autoCommit);
    opened.add(pool);
    return pool;
  }

  /** One that has swept already, and whose tables are there. */
  JdbcSessionStore store(TestPool pool) {
    JdbcSessionStore store =
        JdbcSessionStore.builder(pool, KEYS)
            .withPatience(TestPool.BUSY_MACHINE)
            .withSweepsOn(Runnable::run)
            .build();
    opened.add(0, store);
    store.create(stranger(), Map.of(), AT);
    pool.asked();
    return store;
  }

  static Envelope stranger() {
    return new Envelope(NOW, Optional.empty(), LATER, Optional.empty());
  }

  static StoredSession loaded(JdbcSessionStore store, String token) {
    return Stores.load(store, token).orElseThrow();
  }

  /** The first two words of each. */
  static List<String> asked(TestPool pool) {
    return pool.asked().stream().map(sql -> sql.replaceFirst(" .*", "")).toList();
  }

  static TestPool.Step failing(AtomicInteger left, String beginning, String state) {
    return what -> {
      if (what.startsWith(beginning) && left.getAndDecrement() > 0) {
        throw new SQLException("made for the test", state);
      }
    };
  }
}
