// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.TreeSet;

/**
 * Rows that are locked by whoever begins, rotates or ends sessions of a person, or changes their
 * roles: so a list of a person's sessions is complete, and a limit holds. Which row it is depends
 * on the person's id alone, whichever key is in use.
 */
final class Stripes {
  /** As many as the scripts make. */
  static final int COUNT = 64;

  /**
   * An UPDATE, though nothing changes: where transactions see what was there when they began, it
   * fails if somebody else has had the lock since; and in SQLite it waits for the file's.
   */
  private static final String LOCK = "UPDATE lms_session_lock SET due = due WHERE stripe = ?";

  private static final int NONE = -2;

  private Stripes() {}

  /** The row of a person. */
  static int of(String principalId) {
    int hash = principalId.hashCode();
    return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (COUNT - 1);
  }

  /**
   * Locks what concerns all sessions of these people until the transaction ends. In SQLite that is
   * the whole file, whoever they are.
   */
  static void lock(Connection connection, Dialect dialect, Collection<String> people)
      throws SQLException {
    // In one order, so that nobody waits for whoever waits for them.
    TreeSet<Integer> stripes = new TreeSet<>();
    people.forEach(person -> stripes.add(of(person)));
    if (stripes.isEmpty() && dialect == Dialect.SQLITE) {
      stripes.add(NONE);
    }
    for (int stripe : stripes) {
      try (PreparedStatement write = connection.prepareStatement(LOCK)) {
        write.setInt(1, stripe);
        write.executeUpdate();
      }
    }
  }
}
