// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jetty.session.FileSessionDataStore;
import org.eclipse.jetty.session.SessionContext;
import org.eclipse.jetty.session.SessionData;
import org.jspecify.annotations.Nullable;

/** Jetty's file store on one node, without a cache of sessions before it (NullSessionCache). */
final class JettyFileSessions implements SessionPeer {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final long LIFE_MILLIS = Duration.ofMinutes(30).toMillis();
  private static final String NODE = "benchmark";

  private final FileSessionDataStore store = new FileSessionDataStore();

  JettyFileSessions(Path folder) throws Exception {
    store.setStoreDir(folder.toFile());
    store.initialize(new Context());
    store.start();
  }

  /** What the store asks of a server: names for its files. */
  private static final class Context extends SessionContext {
    Context() {
      _canonicalContextPath = "";
      _vhost = NULL_VHOST;
      _workerName = NODE;
    }
  }

  @Override
  public String begin() throws Exception {
    String id = "node0" + UUID.randomUUID().toString().replace("-", "");
    long now = CLOCK.millis();
    SessionData session = store.newSessionData(id, now, now, now, LIFE_MILLIS);
    session.setLastNode(NODE);
    session.setAttribute(PERSON, "student7");
    store.store(id, session);
    return id;
  }

  @Override
  public Visit open(String id) throws Exception {
    @Nullable SessionData session = store.load(id);
    return new Visit() {
      private boolean ended;

      private SessionData found() {
        if (session == null) {
          throw new IllegalStateException("no session was found");
        }
        return session;
      }

      @Override
      public boolean exists() {
        return session != null;
      }

      @Override
      public Optional<String> get(String name) {
        return Optional.ofNullable(found().getAttribute(name)).map(Object::toString);
      }

      @Override
      public void set(String name, String value) {
        found().setAttribute(name, value);
      }

      @Override
      public void count(String name) {
        set(name, Long.toString(1 + get(name).map(Long::parseLong).orElse(0L)));
      }

      @Override
      public void end() throws Exception {
        store.delete(id);
        ended = true;
      }

      @Override
      public void finish() throws Exception {
        if (!ended) {
          SessionData left = found();
          left.setAccessed(CLOCK.millis());
          left.calcAndSetExpiry(CLOCK.millis());
          left.setMetaDataDirty(true);
          store.store(id, left);
        }
      }
    };
  }

  @Override
  public void close() throws Exception {
    store.stop();
  }
}
