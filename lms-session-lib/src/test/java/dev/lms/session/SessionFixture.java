// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.file.FileSessionStore;
import dev.lms.session.testkit.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Sessions in files, in a time of the test's own. */
abstract class SessionFixture {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  @TempDir Path folder;
  final MovableClock clock = new MovableClock(START);
  SessionStore store;
  Sessions sessions;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    sessions = sessions(Lifetimes.of(Duration.ofMinutes(30), Duration.ofHours(2)));
  }

  Sessions sessions(Lifetimes lifetimes) {
    return Sessions.builder(store, KEYS)
        .settings(SessionSettings.plainHttp().withLifetimes(lifetimes))
        .clock(clock)
        .build();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  List<String> begin(String name, String value) {
    Session session = sessions.open(null);
    session.set(name, value);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }
}
