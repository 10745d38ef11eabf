// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is noted about migrations, in rows of the table of sessions, so that nobody has to make
 * another table first: their ids are beyond those of sessions, and they are all of one person whom
 * no session has, by which they are found. They have no end. Thread-safe.
 */
final class JdbcNotes {
  private static final String PERSON = "migration";

  /** Greater than {@link TableScan#END_OF_IDS}. */
  private static final String BEGINNING_OF_IDS = "note-";

  private static final int LONGEST_ID = 32;

  private static final String READ =
      "SELECT content FROM lms_session WHERE person = '" + PERSON + "' AND kind = 5";

  private static final String REMOVE = "DELETE FROM lms_session WHERE id = ? AND kind = 5";

  private static final String ADD =
      "INSERT INTO lms_session (id, kind, version, deadline, seen, created, signed_in, person, root,"
          + " content) VALUES (?, 5, ?, ?, 0, 0, 0, '"
          + PERSON
          + "', '', ?)";

  private final Database database;

  JdbcNotes(Database database) {
    this.database = database;
  }

  /** All, by name. */
  Map<String, String> all() {
    return database.repeatable((connection, any) -> read(connection));
  }

  private static Map<String, String> read(Connection connection) throws SQLException {
    Map<String, String> notes = new TreeMap<>();
    try (PreparedStatement query = connection.prepareStatement(READ);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        String[] note = new String(rows.getBytes(1), StandardCharsets.UTF_8).split("\n", 2);
        if (note.length == 2) {
          notes.put(note[0], note[1]);
        }
      }
    }
    return notes;
  }

  /** Notes something under a name, in the place of what was there; nothing if it is empty. */
  void set(String name, String text) {
    database.transaction(
        (connection, dialect) -> {
          // Of two who note something under one name the second comes over the first.
          Stripes.lock(connection, dialect, List.of(name));
          try (PreparedStatement write = connection.prepareStatement(REMOVE)) {
            write.setString(1, id(name));
            write.executeUpdate();
          }
          return text.isEmpty() || add(connection, name, text);
        });
  }

  private static boolean add(Connection connection, String name, String text) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(ADD)) {
      write.setString(1, id(name));
      write.setBytes(2, new byte[0]);
      write.setLong(3, Long.MAX_VALUE);
      write.setBytes(4, (name + '\n' + text).getBytes(StandardCharsets.UTF_8));
      return write.executeUpdate() == 1;
    }
  }

  /** Names may be longer than ids. */
  private static String id(String name) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String hash = HexFormat.of().formatHex(digest.digest(name.getBytes(StandardCharsets.UTF_8)));
      return BEGINNING_OF_IDS + hash.substring(0, LONGEST_ID - BEGINNING_OF_IDS.length());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
