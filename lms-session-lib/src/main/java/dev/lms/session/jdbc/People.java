// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.WriteOptions;
import dev.lms.session.store.Forward;
import dev.lms.session.store.PrincipalNames;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.SessionPages;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What concerns all sessions of a person, with the person's stripe locked. Thread-safe. */
final class People {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  /** Beyond the newest that may stay; MariaDB and SQLite take no OFFSET without a LIMIT. */
  private static final String EXCESS =
      "SELECT id FROM lms_session WHERE person IN (%s) AND kind = 0 AND deadline > ? AND id <> ?"
          + " ORDER BY signed_in DESC, id LIMIT 1000000 OFFSET ?";

  private static final String PLACES =
      "SELECT id, signed_in FROM lms_session WHERE person IN (%s) AND kind = 0 AND deadline > ?";

  private static final String INFOS =
      "SELECT id, version, content, deadline, seen FROM lms_session WHERE id IN (%s) AND kind = 0"
          + " AND deadline > ?";

  private static final String LIVE =
      "SELECT id, version, content, deadline, seen FROM lms_session WHERE person IN (%s) AND kind ="
          + " 0 AND deadline > ? %s";

  private static final String WITH_ROLES =
      "UPDATE lms_session SET content = ?, version = ? WHERE id = ? AND version = ? AND kind = 0";

  private static final String ALSO_TAKEN =
      "SELECT id, version, content, deadline, kind FROM lms_session WHERE person IN (%s) AND kind"
          + " IN (0, 2)";

  private static final String END_ONE =
      "person IN (%s) AND kind = 0 AND deadline > ? AND (id = ? OR root = ?)";

  private static final String END_ALL = "person IN (%s) AND kind = 0 AND deadline > ? AND id <> ?";

  private final Database database;
  private final RowCodec codec;
  private final PrincipalNames names;
  private final Endings endings;

  People(Database database, RowCodec codec, KeyRing keys, Endings endings) {
    this.database = database;
    this.codec = codec;
    this.endings = endings;
    this.names = new PrincipalNames(keys);
  }

  /** What the database knows a person by. */
  String name(String principalId) {
    return names.of(principalId).get(0);
  }

  /**
   * The person's live sessions that must end for one more, the latest sign-ins being those that
   * stay.
   */
  List<String> excess(
      Connection connection, String principalId, Optional<String> replaced, WriteOptions options)
      throws SQLException {
    SessionLimit limit = options.limit();
    if (limit.max() == Integer.MAX_VALUE) {
      return List.of();
    }
    List<String> theirs = names.of(principalId);
    List<String> excess = new ArrayList<>();
    try (PreparedStatement query = prepare(connection, EXCESS, theirs)) {
      int at = theirs.size();
      query.setLong(++at, options.now().toEpochMilli());
      query.setString(++at, replaced.orElse(""));
      query.setInt(++at, limit.max() - 1);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          excess.add(rows.getString(1));
        }
      }
    }
    return excess;
  }

  /** One question mark for each value, which are set. */
  private static PreparedStatement prepare(
      Connection connection, String sql, List<String> values, Object... more) throws SQLException {
    List<Object> parts = new ArrayList<>();
    parts.add("?" + ", ?".repeat(values.size() - 1));
    parts.addAll(List.of(more));
    PreparedStatement statement = connection.prepareStatement(sql.formatted(parts.toArray()));
    try {
      for (int i = 0; i < values.size(); i++) {
        statement.setString(i + 1, values.get(i));
      }
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
    return statement;
  }

  /** Some of the person's live sessions, the latest sign-in first. */
  PrincipalIndex.Page page(String principalId, Optional<String> from, int most, Instant now) {
    return database.repeatable(
        (connection, any) ->
            SessionPages.cut(
                places(connection, principalId, now),
                from,
                most,
                handles -> infos(connection, principalId, handles, now)));
  }

  private List<SessionPages.Place> places(Connection connection, String principalId, Instant now)
      throws SQLException {
    List<String> theirs = names.of(principalId);
    List<SessionPages.Place> places = new ArrayList<>();
    try (PreparedStatement query = prepare(connection, PLACES, theirs)) {
      query.setLong(theirs.size() + 1, now.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          places.add(
              new SessionPages.Place(Instant.ofEpochMilli(rows.getLong(2)), rows.getString(1)));
        }
      }
    }
    return places;
  }

  private List<SessionInfo> infos(
      Connection connection, String principalId, List<String> handles, Instant now)
      throws SQLException {
    Map<String, SessionInfo> found = new HashMap<>();
    try (PreparedStatement query = prepare(connection, INFOS, handles)) {
      query.setLong(handles.size() + 1, now.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          Row row = row(rows);
          Instant seen = Instant.ofEpochMilli(rows.getLong(5));
          theirs(row, principalId)
              .map(c -> new SessionInfo(row.id(), c.envelope(), seen, row.deadline()))
              .ifPresent(info -> found.put(row.id(), info));
        }
      }
    }
    return handles.stream().filter(found::containsKey).map(found::get).toList();
  }

  private static Row row(ResultSet rows) throws SQLException {
    return row(rows, Row.Kind.SESSION);
  }

  private static Row row(ResultSet rows, Row.Kind kind) throws SQLException {
    return new Row(
        rows.getString(1),
        kind,
        rows.getBytes(2),
        rows.getBytes(3),
        Instant.ofEpochMilli(rows.getLong(4)));
  }

  private Optional<RecordCodec.Content> theirs(Row row, String principalId) {
    return codec.content(row).filter(content -> isOf(content.envelope(), principalId));
  }

  private static boolean isOf(Envelope envelope, String principalId) {
    return envelope.principal().map(Principal::id).equals(Optional.of(principalId));
  }

  /** Ends one session of a person, under any name it had; how many were live. */
  int revoke(String principalId, String handle, Instant now) {
    if (!ID.matcher(handle).matches()) {
      return 0;
    }
    return database.transaction(
        (connection, dialect) -> {
          Stripes.lock(connection, dialect, List.of(principalId));
          String current = current(connection, handle);
          return end(connection, END_ONE, principalId, now, List.of(current, handle));
        });
  }

  /** Ends all sessions of a person but one, if any, under any name it had; how many were live. */
  int revokeAll(String principalId, Optional<String> except, Instant now) {
    String kept = except.filter(handle -> ID.matcher(handle).matches()).orElse("");
    return database.transaction(
        (connection, dialect) -> {
          Stripes.lock(connection, dialect, List.of(principalId));
          String current = kept.isEmpty() ? kept : current(connection, kept);
          return end(connection, END_ALL, principalId, now, List.of(current));
        });
  }

  /** What is live first, to count it; then what has ended by this clock, and perhaps no other. */
  private int end(
      Connection connection, String sql, String principalId, Instant now, List<String> which)
      throws SQLException {
    int live = end(connection, sql, principalId, now.toEpochMilli(), which);
    end(connection, sql, principalId, Long.MIN_VALUE, which);
    return live;
  }

  private int end(
      Connection connection, String sql, String principalId, long after, List<String> which)
      throws SQLException {
    List<String> theirs = names.of(principalId);
    try (PreparedStatement write = prepare(connection, endings.where(sql), theirs)) {
      int at = theirs.size();
      write.setLong(++at, after);
      for (String handle : which) {
        write.setString(++at, handle);
      }
      return write.executeUpdate();
    }
  }

  /** The name that a session has now, however long ago it had this one. */
  private String current(Connection connection, String handle) throws SQLException {
    String name = handle;
    Optional<Forward> forward = Rows.read(connection, name).flatMap(codec::forward);
    while (forward.isPresent()) {
      name = forward.get().handle();
      forward = Rows.read(connection, name).flatMap(codec::forward);
    }
    return name;
  }

  /**
   * Gives the person other roles in all their sessions; how many had others. No sign-in is half-way
   * while the stripe is locked, and a rotation comes before or after.
   */
  int changeRoles(String principalId, Set<String> roles, Instant now) {
    return database.transaction(
        (connection, dialect) -> {
          Stripes.lock(connection, dialect, List.of(principalId));
          int changed = 0;
          for (Row row : live(connection, dialect, principalId, now)) {
            Optional<Row> other =
                theirs(row, principalId)
                    .filter(c -> !c.withRoles(roles).equals(c))
                    .map(
                        c ->
                            codec.session(
                                row.id(), row.kind(), c.withRoles(roles), row.deadline()));
            changed += other.isPresent() && replace(connection, row, other.get()) ? 1 : 0;
          }
          return changed;
        });
  }

  private List<Row> live(Connection connection, Dialect dialect, String principalId, Instant now)
      throws SQLException {
    List<String> theirs = names.of(principalId);
    List<Row> live = new ArrayList<>();
    try (PreparedStatement query = prepare(connection, LIVE, theirs, dialect.forUpdate())) {
      query.setLong(theirs.size() + 1, now.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          live.add(row(rows));
        }
      }
    }
    return live;
  }

  /** The person's sessions, live or not, those included that are on their way elsewhere. */
  List<Row> all(Connection connection, String principalId) throws SQLException {
    List<Row> all = new ArrayList<>();
    try (PreparedStatement query = prepare(connection, ALSO_TAKEN, names.of(principalId));
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        all.add(row(rows, Row.Kind.of(rows.getInt(5))));
      }
    }
    return all;
  }

  private static boolean replace(Connection connection, Row from, Row to) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(WITH_ROLES)) {
      write.setBytes(1, to.content());
      write.setBytes(2, to.version());
      write.setString(3, to.id());
      write.setBytes(4, from.version());
      return write.executeUpdate() == 1;
    }
  }
}
