// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import dev.lms.session.Sessions;
import java.time.Clock;

/** The sessions of a site for a program beside its workers, such as lmsctl. */
public final class SessionAccess implements AutoCloseable {
  private static final int CONNECTIONS = 4;

  private final Closing parts;
  private final Sessions sessions;

  private SessionAccess(Closing parts, Sessions sessions) {
    this.parts = parts;
    this.sessions = sessions;
  }

  /**
   * Opens the store that the site has by this configuration.
   *
   * @throws IllegalArgumentException if the store cannot be used as it is configured
   * @throws dev.lms.session.SessionStoreException if it cannot be reached
   */
  public static SessionAccess open(Config config) {
    Closing parts = new Closing();
    try {
      RedisClients redis = parts.add(new RedisClients(CONNECTIONS));
      SessionBackend backend = parts.add(SessionBackend.open(config, redis, Clock.systemUTC()));
      return new SessionAccess(parts, backend.sessions());
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** The sessions. */
  public Sessions sessions() {
    return sessions;
  }

  @Override
  public void close() {
    parts.close();
  }
}
