// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import java.sql.SQLException;

/** Which lessons people have done. */
final class LearnTables implements Tables {
  @Override
  public void create(Sql sql) throws SQLException {
    sql.script(Tables.resource(LearnTables.class, "tables.sql"));
  }

  @Override
  public void upgrade(Sql sql, long from) throws SQLException {
    if (from < 2) {
      create(sql);
    }
  }

  @Override
  public void forget(Sql sql, String username) throws SQLException {
    sql.update("DELETE FROM lesson_progress WHERE username = ?", username);
  }
}
