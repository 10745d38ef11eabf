// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * How sessions end: their rows go; or, once others may bring them late from another store, become
 * marks until their deadlines, which keep nothing of them. Thread-safe.
 */
final class Endings {
  private static final String REMOVE = "DELETE FROM lms_session WHERE ";
  private static final String MARK =
      "UPDATE lms_session SET kind = 4, content = '', person = NULL WHERE ";

  private volatile boolean leavesMarks;

  /** From now on the end of a session leaves a mark. */
  void leaveMarks() {
    leavesMarks = true;
  }

  /** A statement that ends what is so. */
  String where(String condition) {
    return (leavesMarks ? MARK : REMOVE) + condition;
  }

  /** Ends a session, live or not; a forward stays. */
  boolean end(Connection connection, String id) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(where("id = ? AND kind = 0"))) {
      write.setString(1, id);
      return write.executeUpdate() == 1;
    }
  }
}
