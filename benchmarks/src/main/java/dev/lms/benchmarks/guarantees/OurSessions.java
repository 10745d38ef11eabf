// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.UnifiedJedis;

/** This project's. */
final class OurSessions implements SessionPeer {
  private static final KeyRing KEYS = KeyRing.of("the benchmarks' key, which guards nothing");
  private static final int CONNECTIONS = 8;

  private final Sessions sessions;
  private final AutoCloseable store;

  private OurSessions(SessionStore store, AutoCloseable closing) {
    this.sessions = Sessions.of(store, KEYS);
    this.store = closing;
  }

  static OurSessions inRedis(String url) {
    UnifiedJedis redis = RedisConnections.open(url, CONNECTIONS);
    return new OurSessions(new RedisSessionStore(redis, KEYS, "lms:"), redis);
  }

  static OurSessions inFiles(Path folder) throws Exception {
    SessionStore store = FileSessionStore.open(folder, KEYS);
    return new OurSessions(store, store);
  }

  @Override
  public String begin() {
    Session session = sessions.open(null);
    session.signIn(new Principal("student7", Set.of("student")));
    session.set(PERSON, "student7");
    session.commit();
    String line = session.setCookie().orElseThrow();
    return line.substring(0, line.indexOf(';'));
  }

  @Override
  public Visit open(String cookie) {
    Session session = sessions.open(List.of(cookie));
    return new Visit() {
      @Override
      public boolean exists() {
        return session.exists();
      }

      @Override
      public Optional<String> get(String name) {
        return session.get(name);
      }

      @Override
      public void set(String name, String value) {
        session.set(name, value);
      }

      @Override
      public void count(String name) {
        session.add(name, 1);
      }

      @Override
      public void end() {
        session.end();
      }

      @Override
      public void finish() {
        session.commit();
      }
    };
  }

  @Override
  public void close() throws Exception {
    store.close();
  }
}
