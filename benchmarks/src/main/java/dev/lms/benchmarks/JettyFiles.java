// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.nio.file.Path;
import java.time.Clock;
import org.eclipse.jetty.session.FileSessionDataStore;
import org.eclipse.jetty.session.SessionContext;
import org.eclipse.jetty.session.SessionData;

/** Jetty's file store without Jetty around it. Like our default, it never forces to disk. */
final class JettyFiles implements AutoCloseable {
  private static final Clock CLOCK = Clock.systemUTC();

  private static final String PERSON = "person";
  private static final String NODE = "benchmark";

  private final FileSessionDataStore store = new FileSessionDataStore();

  JettyFiles(Path folder) throws Exception {
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

  /** A session with the sample's attributes. */
  String create(String id, long lifeMillis) throws Exception {
    long now = CLOCK.millis();
    SessionData session = store.newSessionData(id, now, now, now, lifeMillis);
    session.setLastNode(NODE);
    session.setAttribute(PERSON, Sample.PERSON.id());
    Sample.ATTRIBUTES.forEach(session::setAttribute);
    store.store(id, session);
    return id;
  }

  /** A read-only request: loaded, looked at, touched, stored. */
  long touch(String id) throws Exception {
    SessionData session = load(id);
    long characters = read(session);
    long now = CLOCK.millis();
    session.setLastAccessed(session.getAccessed());
    session.setAccessed(now);
    session.calcAndSetExpiry(now);
    session.setMetaDataDirty(true);
    store.store(id, session);
    return characters;
  }

  long read(String id) throws Exception {
    return read(load(id));
  }

  private SessionData load(String id) throws Exception {
    SessionData session = store.load(id);
    if (session == null) {
      throw new IllegalStateException("no session " + id + " was found");
    }
    return session;
  }

  private static long read(SessionData session) {
    long characters = text(session, PERSON).length();
    for (String name : Sample.NAMES) {
      characters += text(session, name).length();
    }
    return Sample.checked(characters);
  }

  private static String text(SessionData session, String name) {
    Object value = session.getAttribute(name);
    if (value == null) {
      throw new IllegalStateException("no " + name + " was found");
    }
    return value.toString();
  }

  @Override
  public void close() throws Exception {
    store.stop();
  }
}
