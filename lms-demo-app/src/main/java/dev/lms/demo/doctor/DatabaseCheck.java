// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.StoreChoice;
import dev.lms.demo.data.Connections;
import dev.lms.demo.data.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Whether the database answers in which sessions are kept. */
final class DatabaseCheck {
  private static final String NAME = "session database";
  private static final int SECONDS_TO_ANSWER = 3;

  private DatabaseCheck() {}

  /** Nothing where sessions are elsewhere. */
  static List<Finding> ofSessions(Config config) {
    if (config.sessions().store().kind() != StoreChoice.Kind.JDBC) {
      return List.of();
    }
    try {
      return List.of(look(config.databaseUrl()));
    } catch (IllegalArgumentException e) {
      return List.of(
          Finding.problem(NAME, String.valueOf(e.getMessage()), "set DATABASE_URL to one"));
    }
  }

  private static Finding look(String url) {
    if (!Database.exists(url)) {
      return Finding.ok(NAME, "is made at the first start");
    }
    try (Connections pool = Database.connections(url);
        Connection connection = pool.getConnection()) {
      if (connection.isValid(SECONDS_TO_ANSWER)) {
        return Finding.ok(NAME, "answers; it must keep what it acknowledges, so no replica");
      }
      return unreachable("it does not answer");
    } catch (SQLException e) {
      return unreachable(String.valueOf(e.getMessage()));
    }
  }

  private static Finding unreachable(String why) {
    return Finding.problem(
        NAME, "cannot be asked: " + why, "start it, or set DATABASE_URL or SESSION_STORE");
  }
}
