// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.data.Database;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.data.Samples;
import dev.lms.demo.data.TestTables;
import dev.lms.session.jdbc.PostgresServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The same on a real PostgreSQL: what it says, and how it searches. */
class CoursesInPostgresTest extends CoursesTest {
  private final Map<Path, String> databases = new ConcurrentHashMap<>();

  @Override
  String url(Path folder) {
    return databases.computeIfAbsent(folder, any -> PostgresServer.shared().newSite());
  }

  /** There was no first version here. */
  @Test
  @Override
  void aDatabaseOfTheFirstVersionIsBroughtUpToDate() {
    try (Database database = Database.open(url(folder), 1, TestTables.ALL, Samples.NONE)) {
      database.write(sql -> sql.update("UPDATE lms_schema SET version = 99"));
    }
    DatabaseException refused =
        assertThrows(
            DatabaseException.class,
            () -> Database.open(url(folder), 1, TestTables.ALL, Samples.NONE));
    assertTrue(refused.toString().contains("schema version 99"), refused.toString());
  }
}
