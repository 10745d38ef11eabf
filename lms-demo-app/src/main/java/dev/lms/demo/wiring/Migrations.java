// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.StoreAddress;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.migration.Migration;
import java.time.Clock;

/** The two stores of a migration, for a program beside the workers. */
public final class Migrations implements AutoCloseable {
  private static final int CONNECTIONS = 2;

  private final Closing parts;
  private final Migration migration;

  private Migrations(Closing parts, Migration migration) {
    this.parts = parts;
    this.migration = migration;
  }

  /**
   * Opens both stores, and asks each of them something.
   *
   * @throws dev.lms.session.SessionStoreException if one cannot be reached
   */
  public static Migrations open(Config config, StoreAddress from, StoreAddress to) {
    Closing parts = new Closing();
    try {
      RedisClients redis = parts.add(new RedisClients(CONNECTIONS));
      KeyRing keys = Keys.of(config.secrets());
      SessionStore old = parts.add(SessionStores.at(from, config, redis, keys, parts));
      SessionStore next =
          from.equals(to) ? old : parts.add(SessionStores.at(to, config, redis, keys, parts));
      Migration migration = new Migration(old, next, Clock.systemUTC());
      migration.check();
      return new Migrations(parts, migration);
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** What moves sessions from one to the other. */
  public Migration migration() {
    return migration;
  }

  @Override
  public void close() {
    parts.close();
  }
}
