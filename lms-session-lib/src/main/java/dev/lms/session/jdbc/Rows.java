// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Envelope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements about one row, each a round trip. */
final class Rows {
  private static final String READ =
      "SELECT kind, version, content, deadline, root FROM lms_session WHERE id = ?";

  private static final String INSERT =
      "INSERT INTO lms_session (id, kind, version, deadline, seen, created, signed_in, person,"
          + " root, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String INSERT_UNDER_LOCK =
      "WITH locked AS (UPDATE lms_session_lock SET due = due WHERE stripe = ? RETURNING stripe)"
          + " INSERT INTO lms_session (id, kind, version, deadline, seen, created, signed_in,"
          + " person, root, content) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM locked";

  private static final String TOUCH =
      "UPDATE lms_session SET deadline = CASE WHEN deadline < ? THEN ? ELSE deadline END, seen = ?"
          + " WHERE id = ? AND kind = 0 AND deadline > ?";

  private static final String UPDATE =
      "UPDATE lms_session SET content = ?, version = ?, deadline = CASE WHEN deadline < ? THEN ?"
          + " ELSE deadline END, seen = ? WHERE id = ? AND version = ? AND kind = 0 AND deadline >"
          + " ?";

  private static final String FORWARD =
      "UPDATE lms_session SET kind = 1, content = ?, version = ?, deadline = ?, person = NULL"
          + " WHERE id = ? AND version = ? AND kind = 0 AND deadline > ?";

  private Rows() {}

  /** Whose a session is, as far as the database can look for it; not what anybody relies on. */
  record Owner(@Nullable String person, String root) {}

  static Optional<Row> read(Connection connection, String id) throws SQLException {
    return read(connection, READ, id);
  }

  /** Nobody else changes the row until the transaction ends. */
  static Optional<Row> readForUpdate(Connection connection, Dialect dialect, String id)
      throws SQLException {
    return read(connection, READ + ' ' + dialect.forUpdate(), id);
  }

  private static Optional<Row> read(Connection connection, String sql, String id)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, id);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new Row(
                        id,
                        Row.Kind.of(rows.getInt(1)),
                        rows.getBytes(2),
                        rows.getBytes(3),
                        Instant.ofEpochMilli(rows.getLong(4)))
                    .withRoot(rows.getString(5)))
            : Optional.empty();
      }
    }
  }

  /** Never in the place of another row. */
  static void insert(Connection connection, Row row, Envelope envelope, Owner owner, Instant now)
      throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(INSERT)) {
      set(write, 0, row, envelope, owner, now);
      write.executeUpdate();
    }
  }

  /** The same with a stripe locked; where {@link Dialect#locksWhileInserting}. */
  static void insert(
      Connection connection, int stripe, Row row, Envelope envelope, Owner owner, Instant now)
      throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(INSERT_UNDER_LOCK)) {
      write.setInt(1, stripe);
      set(write, 1, row, envelope, owner, now);
      if (write.executeUpdate() != 1) {
        throw new SQLException("the tables of the sessions are not complete; see the SQL script");
      }
    }
  }

  private static void set(
      PreparedStatement write, int after, Row row, Envelope envelope, Owner owner, Instant now)
      throws SQLException {
    int at = after;
    write.setString(++at, row.id());
    write.setInt(++at, row.kind().code());
    write.setBytes(++at, row.version());
    write.setLong(++at, row.deadline().toEpochMilli());
    write.setLong(++at, now.toEpochMilli());
    write.setLong(++at, envelope.created().toEpochMilli());
    write.setLong(++at, envelope.authenticated().orElse(envelope.created()).toEpochMilli());
    if (owner.person() == null) {
      write.setNull(++at, Types.VARCHAR);
    } else {
      write.setString(++at, owner.person());
    }
    write.setString(++at, owner.root());
    write.setBytes(++at, row.content());
  }

  /** Moves the deadline of a live session forward, never back; false if there is none. */
  static boolean touch(Connection connection, String id, Instant deadline, Instant now)
      throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(TOUCH)) {
      write.setLong(1, deadline.toEpochMilli());
      write.setLong(2, deadline.toEpochMilli());
      write.setLong(3, now.toEpochMilli());
      write.setString(4, id);
      write.setLong(5, now.toEpochMilli());
      return write.executeUpdate() == 1;
    }
  }

  /** Changes a live session if it still has this version, and moves its deadline forward. */
  static boolean update(Connection connection, byte[] version, Row to, Instant now)
      throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(UPDATE)) {
      write.setBytes(1, to.content());
      write.setBytes(2, to.version());
      write.setLong(3, to.deadline().toEpochMilli());
      write.setLong(4, to.deadline().toEpochMilli());
      write.setLong(5, now.toEpochMilli());
      write.setString(6, to.id());
      write.setBytes(7, version);
      write.setLong(8, now.toEpochMilli());
      return write.executeUpdate() == 1;
    }
  }

  /** Puts a forward in the place of a live session if it still has this version. */
  static boolean forward(Connection connection, byte[] version, Row forward, Instant now)
      throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(FORWARD)) {
      write.setBytes(1, forward.content());
      write.setBytes(2, forward.version());
      write.setLong(3, forward.deadline().toEpochMilli());
      write.setString(4, forward.id());
      write.setBytes(5, version);
      write.setLong(6, now.toEpochMilli());
      return write.executeUpdate() == 1;
    }
  }
}
