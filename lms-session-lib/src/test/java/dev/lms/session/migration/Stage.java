// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.jdbc.JdbcSessionStore;
import dev.lms.session.jdbc.MariaDbServer;
import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.jdbc.TestPool;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import redis.clients.jedis.UnifiedJedis;

/** Real stores of every kind, which are empty when they are opened. Ends what it has started. */
final class Stage implements AutoCloseable {
  /** What a store keeps sessions in. */
  enum Kind {
    REDIS,
    FILES,
    H2,
    SQLITE,
    POSTGRESQL,
    MARIADB
  }

  private final Path folder;
  private final KeyRing keys;
  private final RedisServer server = RedisServer.start();
  private final UnifiedJedis redis = RedisConnections.open(server.url(), 4);
  private final Map<String, TestPool> pools = new HashMap<>();

  Stage(Path folder, KeyRing keys) {
    this.folder = folder;
    this.keys = keys;
  }

  /**
   * An empty store.
   *
   * @param role what it is for: in a database, each has tables of its own
   */
  SessionStore open(Kind kind, String role) {
    String name = UUID.randomUUID().toString();
    return switch (kind) {
      case REDIS -> new RedisSessionStore(redis, keys, name + ':');
      case FILES -> FileSessionStore.open(folder.resolve(name), keys);
      case H2, SQLITE, POSTGRESQL, MARIADB -> inDatabase(kind, role);
    };
  }

  private SessionStore inDatabase(Kind kind, String role) {
    TestPool pool = pools.computeIfAbsent(kind + role, any -> new TestPool(url(kind), 4));
    JdbcSessionStore store =
        JdbcSessionStore.builder(pool, keys)
            .withPatience(TestPool.BUSY_MACHINE)
            .withSweepsOn(Runnable::run)
            .build();
    store.stats(Instant.EPOCH); // Makes the tables.
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM lms_session");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return store;
  }

  private String url(Kind kind) {
    return switch (kind) {
      case REDIS, FILES -> throw new IllegalArgumentException(kind + " is no database");
      case H2 -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
      case SQLITE -> sqlite();
      case POSTGRESQL -> PostgresServer.shared().newDatabase();
      case MARIADB -> MariaDbServer.shared().newDatabase();
    };
  }

  private String sqlite() {
    try {
      Path file = Files.createTempDirectory(folder, "sqlite").resolve("sessions.db");
      return "jdbc:sqlite:" + file + "?journal_mode=WAL&synchronous=OFF&busy_timeout=5000";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    pools.values().forEach(TestPool::close);
    redis.close();
    server.close();
  }
}
