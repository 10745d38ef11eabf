// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.store.RecordCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** What concerns every session, whoever's it is; a part of the table at a time. Thread-safe. */
final class JdbcCensus {
  private static final int AT_A_TIME = 500;
  private static final int MOST_PASSES = 10;

  private static final String PART =
      "SELECT id, kind, version, content, deadline FROM lms_session WHERE id > ? AND deadline > ?"
          + " ORDER BY id LIMIT "
          + AT_A_TIME;

  private static final String LAST_OF_PART =
      "SELECT id FROM lms_session WHERE id > ? AND created <= ? ORDER BY id LIMIT 1 OFFSET "
          + (AT_A_TIME - 1);

  private static final String END =
      "DELETE FROM lms_session WHERE id > ? AND id <= ? AND created <= ? AND kind IN (?, ?) AND"
          + " deadline > ?";

  /** No id is greater. */
  private static final String END_OF_IDS = "g";

  private final Database database;
  private final RowCodec codec;

  JdbcCensus(Database database, RowCodec codec) {
    this.database = database;
    this.codec = codec;
  }

  SessionCensus stats(Instant now) {
    long[] counts = new long[3];
    Optional<String> last = Optional.of("");
    while (last.isPresent()) {
      String after = last.get();
      Part part =
          database.repeatable((connection, any) -> count(connection, after, now, new long[3]));
      for (int i = 0; i < counts.length; i++) {
        counts[i] += part.counts()[i];
      }
      last = part.last();
    }
    return new SessionCensus(counts[0], counts[1], counts[2]);
  }

  /** How much there is in a part of the table, and where the next one begins. */
  private static final class Part {
    private final long[] counts;
    private final Optional<String> last;

    Part(long[] counts, Optional<String> last) {
      this.counts = counts;
      this.last = last;
    }

    long[] counts() {
      return counts;
    }

    Optional<String> last() {
      return last;
    }
  }

  private Part count(Connection connection, String after, Instant now, long[] counts)
      throws SQLException {
    int read = 0;
    String last = after;
    try (PreparedStatement query = connection.prepareStatement(PART)) {
      query.setString(1, after);
      query.setLong(2, now.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          read++;
          last = rows.getString(1);
          Row row =
              new Row(
                  last,
                  Row.Kind.of(rows.getInt(2)),
                  rows.getBytes(3),
                  rows.getBytes(4),
                  Instant.ofEpochMilli(rows.getLong(5)));
          count(row, counts);
        }
      }
    }
    return new Part(counts, read < AT_A_TIME ? Optional.empty() : Optional.of(last));
  }

  private void count(Row row, long[] counts) {
    Optional<Boolean> person =
        codec
            .content(row)
            .map(RecordCodec.Content::envelope)
            .map(envelope -> envelope.principal().map(Principal::id).isPresent());
    if (person.isPresent()) {
      counts[person.get() ? 0 : 1]++;
    } else if (codec.forward(row).isEmpty()) {
      counts[2]++;
    }
  }

  /**
   * One pass could miss a session that is rotated while it goes on; so there is another pass until
   * one finds nothing that began before this did.
   */
  long purge(Instant now) {
    long live = 0;
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      long before = live;
      boolean more = true;
      boolean any = false;
      String after = "";
      while (more) {
        String from = after;
        Optional<String> last =
            database.repeatable((connection, same) -> lastOfPart(connection, from, now));
        String to = last.orElse(END_OF_IDS);
        live += end(from, to, now, Row.Kind.SESSION, now.toEpochMilli());
        any |= end(from, to, now, Row.Kind.FORWARD, Long.MIN_VALUE) > 0 || live > before;
        more = last.isPresent();
        after = to;
      }
      if (!any) {
        return live;
      }
    }
    return live;
  }

  private static Optional<String> lastOfPart(Connection connection, String after, Instant now)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LAST_OF_PART)) {
      query.setString(1, after);
      query.setLong(2, now.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  /** Ends sessions, and what is of this kind; how many rows that were. */
  private int end(String from, String to, Instant now, Row.Kind alsoOf, long after) {
    return database.once(
        (connection, any) -> {
          try (PreparedStatement write = connection.prepareStatement(END)) {
            write.setString(1, from);
            write.setString(2, to);
            write.setLong(3, now.toEpochMilli());
            write.setInt(4, Row.Kind.SESSION.code());
            write.setInt(5, alsoOf.code());
            write.setLong(6, after);
            return write.executeUpdate();
          }
        });
  }
}
