// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.contract.SessionStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MariaDbSessionStoreTest extends SessionStoreContract {
  private static TestPool pool;

  @BeforeAll
  static void connect() {
    pool = new TestPool(MariaDbServer.shared().newDatabase(), 20);
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
