// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.SessionCensus;
import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.RecordCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What concerns every session, whoever's it is; a part of the table at a time. Thread-safe. */
final class JdbcCensus {
  private static final int MOST_PASSES = 10;

  private static final String LAST_OF_PART =
      "SELECT id FROM lms_session WHERE id > ? AND id < '"
          + TableScan.END_OF_IDS
          + "' AND created <= ? ORDER BY id LIMIT 1 OFFSET "
          + (TableScan.AT_A_TIME - 1);

  private static final String END =
      "id > ? AND id <= ? AND created <= ? AND kind IN (?, ?) AND deadline > ?";

  private static final String TAKEN =
      "SELECT id FROM lms_session WHERE kind = 2 AND created <= ? AND deadline > ? LIMIT 1";

  private final Database database;
  private final RowCodec codec;
  private final Endings endings;
  private final TableScan scan;

  JdbcCensus(Database database, RowCodec codec, Endings endings) {
    this.database = database;
    this.codec = codec;
    this.endings = endings;
    this.scan = new TableScan(database);
  }

  SessionCensus stats(Instant now) {
    Map<Counted, Long> counts = new EnumMap<>(Counted.class);
    scan.forEach(now, this::counted, what -> counts.merge(what, 1L, Long::sum));
    return new SessionCensus(
        counts.getOrDefault(Counted.SIGNED_IN, 0L),
        counts.getOrDefault(Counted.ANONYMOUS, 0L),
        counts.getOrDefault(Counted.UNREADABLE, 0L));
  }

  /** What a row counts as. */
  private enum Counted {
    SIGNED_IN,
    ANONYMOUS,
    UNREADABLE
  }

  private Optional<Counted> counted(Row row) {
    return switch (row.kind()) {
      case SESSION ->
          Optional.of(
              codec
                  .content(row)
                  .map(RecordCodec.Content::envelope)
                  .map(who -> who.principal().isPresent() ? Counted.SIGNED_IN : Counted.ANONYMOUS)
                  .orElse(Counted.UNREADABLE));
      case FORWARD ->
          codec.forward(row).isPresent() ? Optional.empty() : Optional.of(Counted.UNREADABLE);
      case TAKEN, LEFT, ENDED, NOTE -> Optional.empty();
      case UNKNOWN -> Optional.of(Counted.UNREADABLE);
    };
  }

  /**
   * One pass could miss a session that is rotated while it goes on; so there is another pass until
   * one finds nothing that began before this did.
   *
   * @throws SessionStoreException if a session is on its way to another store, where it would live
   *     on; all others have ended
   */
  long purge(Instant now) {
    long live = endAll(now);
    Optional<String> taken = database.repeatable((connection, any) -> onItsWay(connection, now));
    if (taken.isPresent()) {
      throw Transfer.moved(taken.get());
    }
    return live;
  }

  private static Optional<String> onItsWay(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TAKEN)) {
      query.setLong(1, now.toEpochMilli());
      query.setLong(2, now.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  private long endAll(Instant now) {
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
        String to = last.orElse(TableScan.END_OF_IDS);
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
          try (PreparedStatement write = connection.prepareStatement(endings.where(END))) {
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
