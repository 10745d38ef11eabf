// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.migration.Stage.Kind;

/** From where to where. */
enum Way {
  REDIS_TO_FILES(Kind.REDIS, Kind.FILES),
  FILES_TO_REDIS(Kind.FILES, Kind.REDIS),
  FILES_TO_FILES(Kind.FILES, Kind.FILES),
  REDIS_TO_REDIS(Kind.REDIS, Kind.REDIS),
  POSTGRESQL_TO_REDIS(Kind.POSTGRESQL, Kind.REDIS),
  FILES_TO_POSTGRESQL(Kind.FILES, Kind.POSTGRESQL),
  MARIADB_TO_REDIS(Kind.MARIADB, Kind.REDIS),
  FILES_TO_MARIADB(Kind.FILES, Kind.MARIADB),
  SQLITE_TO_POSTGRESQL(Kind.SQLITE, Kind.POSTGRESQL),
  REDIS_TO_SQLITE(Kind.REDIS, Kind.SQLITE),
  H2_TO_H2(Kind.H2, Kind.H2);

  final Kind from;
  final Kind to;

  Way(Kind from, Kind to) {
    this.from = from;
    this.to = to;
  }
}
