// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers on one SQLite file killed in the middle of writing. */
class SqliteCrashTest extends JdbcCrashContract {
  @TempDir private Path folder;

  @Override
  String newDatabase() {
    return "jdbc:sqlite:"
        + folder.resolve("sessions.db")
        + "?journal_mode=WAL&synchronous=OFF&busy_timeout=50";
  }

  @Override
  String driver() {
    return "org.sqlite.JDBC";
  }

  /** The driver unpacks native code, which nobody takes away behind a killed process. */
  @Override
  List<String> options() {
    return List.of("-Dorg.sqlite.tmpdir=" + folder, "--enable-native-access=ALL-UNNAMED");
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
}
