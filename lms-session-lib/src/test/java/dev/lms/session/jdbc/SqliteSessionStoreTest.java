// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.contract.SessionStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class SqliteSessionStoreTest extends SessionStoreContract {
  @TempDir private static Path folder;
  private static TestPool pool;

  @BeforeAll
  static void connect() {
    pool = new TestPool(url(folder.resolve("sessions.db")), 4);
  }

  static String url(Path file) {
    return "jdbc:sqlite:" + file + "?journal_mode=WAL&synchronous=OFF&busy_timeout=5000";
  }

  @AfterAll
  static void disconnect() {
    pool.close();
  }

  @Override
  protected SessionStore open(KeyRing keys) {
    return JdbcSessionStore.builder(pool, keys).withPatience(TestPool.BUSY_MACHINE).build();
  }
}
