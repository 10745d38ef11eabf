// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What databases say differently. */
enum Dialect {
  POSTGRESQL("FOR UPDATE"),
  MARIADB("FOR UPDATE"),
  H2("FOR UPDATE"),
  /** The whole file is locked, by the first write of a transaction. */
  SQLITE("");

  private static final int PRIMARY_CODE = 0xff;

  /** Of the class that says "rolled back", the one that does not. */
  private static final String PERHAPS_DONE = "40003";

  private final String forUpdate;

  Dialect(String forUpdate) {
    this.forUpdate = forUpdate;
  }

  /** The dialect of a product, as its driver names it. */
  static Optional<Dialect> of(String product) {
    return Arrays.stream(values())
        .filter(dialect -> product.toUpperCase(Locale.ROOT).equals(dialect.name()))
        .findFirst();
  }

  /** What a query ends with so that its rows stay as they are until the transaction ends. */
  String forUpdate() {
    return forUpdate;
  }

  /** Whether one statement can lock a row and insert another. */
  boolean locksWhileInserting() {
    return this == POSTGRESQL;
  }

  /**
   * Whether the database says that it has undone what was asked, because of somebody else: whoever
   * asks again does nothing twice.
   */
  boolean hasRetreated(SQLException e) {
    String state = e.getSQLState();
    boolean undone = state != null && state.startsWith("40") && !state.equals(PERHAPS_DONE);
    return undone || isRetreat(e.getErrorCode());
  }

  /** As {@link #hasRetreated}, while the product is unknown. */
  static boolean mayHaveRetreated(SQLException e) {
    return Stream.of(values()).anyMatch(dialect -> dialect.hasRetreated(e));
  }

  /** Of a lock that was not free in time, or a row that was changed concurrently. */
  private boolean isRetreat(int code) {
    return switch (this) {
      case POSTGRESQL -> false;
      case MARIADB -> code == 1205 || code == 1020;
      case H2 -> code == 50200 || code == 90131;
      case SQLITE -> (code & PRIMARY_CODE) == 5 || (code & PRIMARY_CODE) == 6;
    };
  }

  /** The statements that make the tables where they are missing. */
  List<String> schema() {
    String name = name().toLowerCase(Locale.ROOT) + ".sql";
    try (InputStream in = Dialect.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in the library");
      }
      String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String statements = script.replaceAll("(?m)^--.*$", "");
      return Arrays.stream(statements.split(";", -1))
          .map(String::strip)
          .filter(statement -> !statement.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
