// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.program;

import dev.lms.demo.data.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The programs. */
public final class Programs {
  private static final String COLUMNS =
      """
      SELECT p.code, p.title, p.description, count(c.code) courses, sum(c.credits) credits
      FROM programs p
      LEFT JOIN program_courses pc ON pc.program = p.code
      LEFT JOIN courses c ON c.code = pc.course
      """;

  private final Database database;

  /** Reads the given database. */
  public Programs(Database database) {
    this.database = database;
  }

  /** All programs, in the order of the catalogue. */
  public List<Program> all() {
    return database.read(
        sql -> sql.list(Programs::program, COLUMNS + "GROUP BY p.code ORDER BY p.position"));
  }

  /** The program with this code. */
  Optional<Program> find(String code) {
    return database.read(
        sql -> sql.first(Programs::program, COLUMNS + "WHERE p.code = ? GROUP BY p.code", code));
  }

  private static Program program(ResultSet row) throws SQLException {
    return new Program(
        row.getString("code"),
        row.getString("title"),
        row.getString("description"),
        row.getInt("courses"),
        row.getInt("credits"));
  }
}
