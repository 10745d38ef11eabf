// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.sql.SQLException;
import java.util.List;

/**
 * Brings the tables into a database that has none, or up to date where an earlier version of the
 * program made them; all of them in one transaction.
 */
final class Schema {
  private static final int VERSION = 2;

  private Schema() {}

  private static long version(Sql sql) throws SQLException {
    if (!sql.isPostgres()) {
      return sql.number("PRAGMA user_version");
    }
    sql.script("CREATE TABLE IF NOT EXISTS lms_schema (version BIGINT NOT NULL)");
    return sql.number("SELECT version FROM lms_schema");
  }

  /** Sees that the tables are still those of this version, or of a later one. */
  static void check(Sql sql) throws SQLException {
    long version =
        sql.number(sql.isPostgres() ? "SELECT version FROM lms_schema" : "PRAGMA user_version");
    if (version < VERSION) {
      throw new DatabaseException(
          "the database was overwritten, its tables are gone: stop every worker, bring it back,"
              + " and start again");
    }
  }

  private static void mark(Sql sql) throws SQLException {
    if (sql.isPostgres()) {
      sql.script("DELETE FROM lms_schema");
      sql.update("INSERT INTO lms_schema (version) VALUES (?)", VERSION);
    } else {
      sql.script("PRAGMA user_version=" + VERSION);
    }
  }

  /**
   * Makes what is missing.
   *
   * @param tables in the order in which they build on one another
   * @return whether the database was new
   */
  static boolean bring(Sql sql, List<Tables> tables, Samples samples) throws SQLException {
    long version = version(sql);
    if (version > VERSION) {
      throw new DatabaseException(
          "the database has schema version "
              + version
              + ", this program knows "
              + VERSION
              + "; run the newer program, or point DATABASE_URL at another file");
    }
    boolean created = version == 0;
    if (created) {
      for (Tables some : tables) {
        some.create(sql);
      }
      if (samples != Samples.NONE) {
        for (Tables some : tables) {
          some.addSampleCatalogue(sql);
        }
      }
    } else if (version < VERSION) {
      for (Tables some : tables) {
        some.upgrade(sql, version);
      }
    }
    if (version < VERSION) {
      mark(sql);
    }
    if (samples == Samples.ACCOUNTS) {
      for (Tables some : tables) {
        some.addSampleAccounts(sql);
      }
    }
    return created;
  }
}
