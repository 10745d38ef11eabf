// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.session.CommitOutcome;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What requests do with the sessions of one store. Each checks what it found. */
final class Visits {
  static final KeyRing KEYS = KeyRing.of("the benchmarks' key, which guards nothing");

  private static final String COUNTER = "visits";
  private static final String FIRST = "attribute0";
  private static final int VALUE = 100;
  private static final int PER_KILOBYTE = 9;
  private static final String TEXT = "value of an attribute, ".repeat(5).substring(0, VALUE);

  /** About a kilobyte. */
  static final Map<String, String> DATA = data(1);

  private final Sessions sessions;
  private long next;

  Visits(SessionStore store) {
    // A person may have ten thousand.
    this.sessions =
        Sessions.of(store, KEYS, SessionSettings.plainHttp().withLimit(SessionLimit.NONE));
  }

  /** Attributes of so many kilobytes. */
  static Map<String, String> data(int kilobytes) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put(COUNTER, "0");
    for (int i = 0; i < PER_KILOBYTE * kilobytes; i++) {
      data.put("attribute" + i, TEXT);
    }
    return data;
  }

  /** Begins a session of nobody, and returns its cookie. */
  String begin(Map<String, String> data) {
    return store(sessions.open(null), data);
  }

  /** Signs somebody in, and returns the cookie. */
  String signIn(String person, Map<String, String> data) {
    Session session = sessions.open(null);
    session.signIn(new Principal(person, Set.of("student")));
    return store(session, data);
  }

  private static String store(Session session, Map<String, String> data) {
    data.forEach(session::set);
    expectStored(session);
    String line = session.setCookie().orElseThrow();
    return line.substring(0, line.indexOf(';'));
  }

  private static void expectStored(Session session) {
    CommitOutcome outcome = session.commit();
    if (outcome != CommitOutcome.STORED) {
      throw new IllegalStateException("not stored but " + outcome);
    }
  }

  private Session open(String cookie) {
    return sessions.open(List.of(cookie));
  }

  void read(String cookie) {
    Session session = open(cookie);
    if (!TEXT.equals(session.get(FIRST).orElseThrow())) {
      throw new IllegalStateException("another value was stored");
    }
    session.commit();
  }

  /** Reads one attribute and sets it. */
  void change(String cookie) {
    Session session = open(cookie);
    session.set(COUNTER, Long.toString(Long.parseLong(session.get(COUNTER).orElseThrow()) + 1));
    expectStored(session);
  }

  /** Sets what it has not read. */
  void set(String cookie) {
    Session session = open(cookie);
    session.set(COUNTER, Long.toString(next++));
    expectStored(session);
  }

  void add(String cookie) {
    Session session = open(cookie);
    session.add(COUNTER, 1);
    expectStored(session);
  }

  void end(String cookie) {
    open(cookie).end();
  }

  /** Fails unless the session has ended. */
  void expectEnded(String cookie) {
    if (open(cookie).exists()) {
      throw new IllegalStateException("a session that has ended is still there");
    }
  }

  /** The first page of somebody's sessions. */
  void list(String person) {
    if (sessions.page(person, Optional.empty(), 100).sessions().isEmpty()) {
      throw new IllegalStateException("somebody who is signed in has no session");
    }
  }

  Sessions sessions() {
    return sessions;
  }
}
