// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers on one MariaDB, and MariaDB itself, killed in the middle of writing. */
class MariaDbCrashTest extends JdbcCrashContract {
  @Override
  String newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }

  @Override
  String driver() {
    return "org.mariadb.jdbc.Driver";
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByTwoHundredKills() throws Exception {
    killWritersAndEmpty(10, 20);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByManyDeathsOfTheServer() throws Exception {
    killServer(60);
  }

  private void killServer(int rounds) throws Exception {
    MariaDbServer server = MariaDbServer.shared();
    server.settle();
    killServer(rounds, server::kill, server::restart);
  }
}
