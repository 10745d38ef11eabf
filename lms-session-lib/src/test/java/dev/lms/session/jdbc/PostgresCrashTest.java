// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers on one PostgreSQL, and PostgreSQL itself, killed in the middle of writing. */
class PostgresCrashTest extends JdbcCrashContract {
  @Override
  String newDatabase() {
    return PostgresServer.shared().newDatabase();
  }

  @Override
  String driver() {
    return "org.postgresql.Driver";
  }

  @Test
  void nothingAcknowledgedIsLostByTwoKills() throws Exception {
    killWriters(2);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByTwoHundredKills() throws Exception {
    killWritersAndEmpty(10, 20);
  }

  @Test
  void nothingAcknowledgedIsLostByTheDeathOfTheServer() throws Exception {
    killServer(2);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByManyDeathsOfTheServer() throws Exception {
    killServer(60);
  }

  private void killServer(int rounds) throws Exception {
    PostgresServer server = PostgresServer.shared();
    killServer(rounds, server::kill, server::restart);
  }
}
