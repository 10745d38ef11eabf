// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/** The tables of one feature, and what a new site may show in them. */
public interface Tables {
  /** Makes them in a new database. */
  void create(Sql sql) throws SQLException;

  /**
   * Brings tables that an earlier version of the program made to what {@link #create} makes today;
   * what people have stored in them stays.
   *
   * @param from the version of the schema they have
   */
  default void upgrade(Sql sql, long from) throws SQLException {}

  /** Adds what a site shows that has nothing of its own yet, where it is missing. */
  default void addSampleCatalogue(Sql sql) throws SQLException {}

  /**
   * Adds what belongs to accounts whose passwords are public, where it is missing. Called at every
   * start that may have such accounts, which is never in production.
   */
  default void addSampleAccounts(Sql sql) throws SQLException {}

  /** Removes what they hold of a person whose account is about to be deleted. */
  default void forget(Sql sql, String username) throws SQLException {}

  /** The text of a file that lies beside a class. */
  static String resource(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new DatabaseException("the program is incomplete: " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DatabaseException("cannot read " + name, e);
    }
  }
}
