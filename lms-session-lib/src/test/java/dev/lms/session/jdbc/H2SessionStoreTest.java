// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.contract.SessionStoreContract;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** H2 in memory: on a file, an interrupted thread would close it for all. */
class H2SessionStoreTest extends SessionStoreContract {
  private static TestPool pool;

  @BeforeAll
  static void connect() {
    pool = new TestPool("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", 20);
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
