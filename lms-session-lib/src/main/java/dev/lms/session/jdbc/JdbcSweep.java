// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.housekeeping.Housekeeping;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Removes what has ended, a few rows at a time, off the path of whoever notices that it is due. Of
 * all processes one does it: the one that gets the lease. When it is due next is written only after
 * the work; a process that dies meanwhile leaves a lease that ends. A live session is never
 * dropped, and nothing is decoded.
 */
final class JdbcSweep implements AutoCloseable {
  private static final int AT_A_TIME = 200;
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
  private static final Duration LEASE = Duration.ofMinutes(1);

  /** Rows stay this long past their deadline, for workers whose clock is behind ours. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  /** Nobody has it, or whoever had it is late; or the clock was set back since. */
  private static final String TAKE_LEASE =
      "UPDATE lms_session_lock SET lease = ? WHERE stripe = -1 AND (due <= ? OR due > ?) AND"
          + " (lease <= ? OR lease > ?)";

  private static final String KEEP_LEASE =
      "UPDATE lms_session_lock SET lease = ? WHERE stripe = -1 AND lease = ?";

  private static final String DONE =
      "UPDATE lms_session_lock SET due = ?, lease = 0 WHERE stripe = -1 AND lease = ?";

  private static final String ENDED =
      "SELECT id, deadline FROM lms_session WHERE deadline <= ? ORDER BY deadline LIMIT "
          + AT_A_TIME;

  private static final String REMOVE = "DELETE FROM lms_session WHERE id = ? AND deadline = ?";

  private final Database database;
  private final Housekeeping housekeeping;
  private volatile Instant lookAt = Instant.MIN;

  JdbcSweep(Database database, Housekeeping housekeeping) {
    this.database = database;
    this.housekeeping = housekeeping;
  }

  /** Sees to it that a sweep begins, if one is due; does none itself. */
  void ifDue(Instant now) {
    // Or due further ahead than it was ever planned: then the clock was set back.
    if (!now.isBefore(lookAt) || lookAt.isAfter(now.plus(INTERVAL))) {
      housekeeping.begin(new Pass(now));
    }
  }

  /** Once through all that has ended. */
  private final class Pass implements Housekeeping.Job {
    private final Instant now;
    private long lease;

    Pass(Instant now) {
      this.now = now;
    }

    @Override
    public boolean step() {
      if (lease == 0) {
        lookAt = now.plus(INTERVAL);
        long until = now.plus(LEASE).toEpochMilli();
        if (!take(until)) {
          return false;
        }
        lease = until;
      }
      boolean more = sweep() == AT_A_TIME && keep();
      if (!more) {
        set(DONE, now.plus(INTERVAL).toEpochMilli(), lease);
      }
      return more;
    }

    private boolean take(long until) {
      long at = now.toEpochMilli();
      long latest = now.plus(INTERVAL).toEpochMilli();
      return set(TAKE_LEASE, until, at, latest, at, until);
    }

    /** One that is worked with is another one each time. */
    private boolean keep() {
      long next = lease + 1;
      boolean kept = set(KEEP_LEASE, next, lease);
      lease = next;
      return kept;
    }

    @Override
    public void failed() {
      lookAt = now.plus(AFTER_FAILURE);
    }

    private int sweep() {
      long until = now.minus(CLOCK_SKEW).toEpochMilli();
      return database.transaction(
          (connection, dialect) -> {
            Stripes.lock(connection, dialect, List.of());
            Map<String, Long> ended = ended(connection, until);
            remove(connection, ended);
            return ended.size();
          });
    }
  }

  private boolean set(String sql, long... values) {
    return database.once(
        (connection, any) -> {
          try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
              write.setLong(i + 1, values[i]);
            }
            return write.executeUpdate() == 1;
          }
        });
  }

  /** In the order of their ids, so that nobody waits for whoever waits for them. */
  private static Map<String, Long> ended(Connection connection, long until) throws SQLException {
    Map<String, Long> ended = new TreeMap<>();
    try (PreparedStatement query = connection.prepareStatement(ENDED)) {
      query.setLong(1, until);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          ended.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    return ended;
  }

  /** Not what was prolonged since. */
  private static void remove(Connection connection, Map<String, Long> ended) throws SQLException {
    if (ended.isEmpty()) {
      return;
    }
    try (PreparedStatement write = connection.prepareStatement(REMOVE)) {
      for (Map.Entry<String, Long> row : ended.entrySet()) {
        write.setString(1, row.getKey());
        write.setLong(2, row.getValue());
        write.addBatch();
      }
      write.executeBatch();
    }
  }

  @Override
  public void close() {
    housekeeping.close();
  }
}
