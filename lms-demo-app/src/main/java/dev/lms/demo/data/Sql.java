// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Prepared statements inside one transaction. Valid only while the work it was given to runs. */
public final class Sql {
  private final Connection connection;
  private final boolean postgres;

  Sql(Connection connection, boolean postgres) {
    this.connection = connection;
    this.postgres = postgres;
  }

  /** For the little that PostgreSQL and SQLite say differently. */
  public boolean isPostgres() {
    return postgres;
  }

  /** Turns the current row into a value. */
  @FunctionalInterface
  public interface Row<R> {
    /** Reads the columns; must not move the cursor. */
    R read(ResultSet row) throws SQLException;
  }

  /** All rows of a query, in its order. */
  public <R> List<R> list(Row<R> row, String query, @Nullable Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = prepare(query, arguments);
        ResultSet rows = statement.executeQuery()) {
      List<R> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row.read(rows));
      }
      return List.copyOf(all);
    }
  }

  /** The first row of a query, if it has any. */
  public <R> Optional<R> first(Row<R> row, String query, @Nullable Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = prepare(query, arguments);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
    }
  }

  /** The number a query answers, 0 for none. */
  public long number(String query, @Nullable Object... arguments) throws SQLException {
    return first(row -> row.getLong(1), query, arguments).orElse(0L);
  }

  /** Whether a query has a row. */
  public boolean exists(String query, @Nullable Object... arguments) throws SQLException {
    return first(row -> true, query, arguments).isPresent();
  }

  /** Runs an insert, update or delete and answers how many rows it changed. */
  public int update(String statement, @Nullable Object... arguments) throws SQLException {
    try (PreparedStatement prepared = prepare(statement, arguments)) {
      return prepared.executeUpdate();
    }
  }

  /** Runs several statements without arguments; types are those of SQLite's strict tables. */
  public void script(String statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(postgres ? ofPostgres(statements) : statements);
    }
  }

  private static String ofPostgres(String script) {
    return script.replace(" STRICT, WITHOUT ROWID", "").replaceAll("\\bINTEGER\\b", "BIGINT");
  }

  private PreparedStatement prepare(String text, @Nullable Object... arguments)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(text);
    try {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }
}
