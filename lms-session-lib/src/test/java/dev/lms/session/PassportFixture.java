// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.file.FileSessionStore;
import dev.lms.session.testkit.MovableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Sessions in files whose disk is taken away and brought back, in a time of the test's own. */
abstract class PassportFixture {
  static final String SECRET = "a secret for tests, long enough 0001";
  static final KeyRing KEYS = KeyRing.of(SECRET);
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  static final Duration LIFE = Duration.ofMinutes(5);
  static final Principal ADA = new Principal("ada", Set.of("student", "tutor"));
  static final Principal BEN = new Principal("ben", Set.of("admin"));

  @TempDir Path folder;
  final MovableClock clock = new MovableClock(START);
  final AtomicLong nanos = new AtomicLong();
  final List<SessionEvent> let = new ArrayList<>();
  private final List<SessionStore> stores = new ArrayList<>();
  Sessions sessions;

  @BeforeEach
  void open() throws IOException {
    Files.createDirectory(disk());
    sessions = sessions(KEYS, SessionSettings.plainHttp().withPassport(LIFE));
  }

  @AfterEach
  void close() {
    stores.forEach(SessionStore::close);
  }

  private Path disk() {
    return folder.resolve("disk");
  }

  Sessions sessions(KeyRing keys, SessionSettings settings) {
    SessionStore store = FileSessionStore.open(disk().resolve("sessions"), keys);
    stores.add(store);
    return sessions(store, keys, settings);
  }

  Sessions sessions(SessionStore store, KeyRing keys, SessionSettings settings) {
    return Sessions.builder(store, keys)
        .settings(settings)
        .clock(clock)
        .nanoTime(nanos::get)
        .listener(
            new SessionListener() {
              @Override
              public void onPassport(SessionEvent session) {
                let.add(session);
              }
            })
        .build();
  }

  static List<String> setCookies(Session session) {
    return session.answerFields().stream().map(TokenHeader.AnswerField::value).toList();
  }

  void outage() throws IOException {
    Files.move(disk(), folder.resolve("away"));
  }

  void recovery() throws IOException {
    Files.move(folder.resolve("away"), disk());
    nanos.addAndGet(Breaker.PAUSE.toNanos());
  }

  /** A browser: the cookies it holds. */
  final class Browser {
    final Map<String, String> cookies = new TreeMap<>();
    Sessions site = sessions;

    Session open(OutagePolicy policy) {
      List<String> header = new ArrayList<>();
      cookies.forEach((name, value) -> header.add(name + '=' + value));
      return site.open(List.of(String.join("; ", header)), policy);
    }

    Session reading() {
      return open(OutagePolicy.PASSPORT);
    }

    /** Takes the cookies of an answer as browsers do. */
    Browser took(Session session) {
      for (String line : setCookies(session)) {
        String[] pair = line.split(";", 2)[0].split("=", 2);
        if (line.contains("Max-Age=0")) {
          cookies.remove(pair[0]);
        } else {
          cookies.put(pair[0], pair[1]);
        }
      }
      return this;
    }

    /** Asks for a page, and takes what its answer brings. */
    Session visit() {
      Session session = open(OutagePolicy.PASSPORT);
      boolean unused = session.exists();
      session.commit();
      took(session);
      return session;
    }

    Browser signIn(Principal person) {
      Session session = open(OutagePolicy.FAIL_CLOSED);
      session.signIn(person);
      session.set("cart", "3 books");
      assertEquals(CommitOutcome.STORED, session.commit());
      return took(session);
    }

    String passport() {
      return cookies.getOrDefault("session-passport", "");
    }
  }

  Browser ada() {
    return new Browser().signIn(ADA);
  }
}
