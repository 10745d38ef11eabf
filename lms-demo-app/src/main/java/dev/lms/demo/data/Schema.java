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

  /**
   * Makes what is missing.
   *
   * @param tables in the order in which they build on one another
   * @return whether the database was new
   */
  static boolean bring(Sql sql, List<Tables> tables, Samples samples) throws SQLException {
    long version = sql.number("PRAGMA user_version");
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
      sql.script("PRAGMA user_version=" + VERSION);
    }
    if (samples == Samples.ACCOUNTS) {
      for (Tables some : tables) {
        some.addSampleAccounts(sql);
      }
    }
    return created;
  }
}
