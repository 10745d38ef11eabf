// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.StoreAddress;
import dev.lms.demo.data.Database;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.jdbc.JdbcSessionStore;
import dev.lms.session.redis.RedisSessionStore;
import java.time.Duration;

/** Stores by where they are. */
final class SessionStores {
  /** What a visitor waits for at most while the database is silent. */
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(3);

  private SessionStores() {}

  /**
   * A store, for whoever closes it.
   *
   * @param parts what the store needs, to be closed after it
   */
  static SessionStore at(
      StoreAddress address, Config config, RedisClients redis, KeyRing keys, Closing parts) {
    return switch (address) {
      case StoreAddress.InRedis there ->
          new RedisSessionStore(redis.client(there.url()), keys, config.sessions().keyPrefix());
      case StoreAddress.InFiles there ->
          FileSessionStore.open(there.folder(), keys, config.sessions().fileThreshold());
      case StoreAddress.InDatabase there -> inDatabase(there.url(), keys, parts);
    };
  }

  static SessionStore inDatabase(String url, KeyRing keys, Closing parts) {
    return JdbcSessionStore.builder(parts.add(Database.connections(url)), keys)
        .withPatience(DATABASE_PATIENCE)
        .build();
  }
}
