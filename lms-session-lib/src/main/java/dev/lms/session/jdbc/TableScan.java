// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Goes through all rows that are live, in the order of their ids, some at a time. What comes and
 * goes meanwhile may be missed. Thread-safe.
 */
final class TableScan {
  static final int AT_A_TIME = 500;

  /** Ids of sessions are less, those of notes are greater. */
  static final String END_OF_IDS = "g";

  private static final String PART =
      "SELECT id, kind, version, content, deadline, root FROM lms_session WHERE id > ? AND id < '"
          + END_OF_IDS
          + "' AND deadline > ? ORDER BY id LIMIT "
          + AT_A_TIME;

  private final Database database;

  TableScan(Database database) {
    this.database = database;
  }

  /** What was found in some rows, and the id of the last one if there are more. */
  private record Part<T>(List<T> found, Optional<String> last) {}

  /**
   * Visits what is found in each row.
   *
   * @param look finds it; asks nobody, and may be called again for a row
   * @param visitor is called while no connection is in use
   */
  <T> void forEach(Instant now, Function<Row, Optional<T>> look, Consumer<T> visitor) {
    Optional<String> last = Optional.of("");
    while (last.isPresent()) {
      String after = last.get();
      Part<T> part = database.repeatable((connection, any) -> part(connection, after, now, look));
      part.found().forEach(visitor);
      last = part.last();
    }
  }

  private static <T> Part<T> part(
      Connection connection, String after, Instant now, Function<Row, Optional<T>> look)
      throws SQLException {
    int read = 0;
    String last = after;
    List<T> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(PART)) {
      query.setString(1, after);
      query.setLong(2, now.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          read++;
          last = rows.getString(1);
          look.apply(row(rows)).ifPresent(found::add);
        }
      }
    }
    return new Part<>(found, read < AT_A_TIME ? Optional.empty() : Optional.of(last));
  }

  private static Row row(ResultSet rows) throws SQLException {
    return new Row(
            rows.getString(1),
            Row.Kind.of(rows.getInt(2)),
            rows.getBytes(3),
            rows.getBytes(4),
            Instant.ofEpochMilli(rows.getLong(5)))
        .withRoot(rows.getString(6));
  }
}
