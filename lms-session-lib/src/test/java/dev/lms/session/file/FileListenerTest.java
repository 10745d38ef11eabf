// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lms.session.CommitOutcome;
import dev.lms.session.EndReason;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.testkit.MovableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the store notices is told when sessions are in files, too. */
class FileListenerTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Principal ADA = new Principal("ada", Set.of("student"));

  private final MovableClock clock = new MovableClock(Instant.parse("2030-01-01T00:00:00Z"));
  private final List<String> told = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;
  private FileSessionStore store;
  private Sessions sessions;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    SessionListener listener =
        new SessionListener() {
          @Override
          public void ended(SessionEvent session, EndReason why) {
            told.add("ended " + why + " " + session.handle());
          }

          @Override
          public void unreadable(String handle) {
            told.add("unreadable " + handle);
          }
        };
    sessions =
        Sessions.builder(store, KEYS)
            .settings(SessionSettings.plainHttp().withLimit(SessionLimit.of(1)))
            .clock(clock)
            .listener(listener)
            .build();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private String signIn() {
    Session session = sessions.open(List.of());
    session.signIn(ADA);
    assertEquals(CommitOutcome.STORED, session.commit());
    clock.move(Duration.ofSeconds(1));
    return session.setCookie().orElseThrow().replaceFirst(";.*", "");
  }

  @Test
  void whoIsEndedByALimitIsTold() {
    String handle = sessions.open(List.of(signIn())).handle().orElseThrow();
    signIn();
    assertEquals(List.of("ended LIMIT " + handle), told);
  }

  @Test
  void whatCannotBeReadIsTold() throws IOException {
    String cookie = signIn();
    String handle = sessions.open(List.of(cookie)).handle().orElseThrow();
    try (Stream<Path> files = Files.walk(folder)) {
      Path file = files.filter(f -> f.endsWith(handle)).findFirst().orElseThrow();
      Files.write(file, new byte[(int) Files.size(file)]);
    }
    assertFalse(sessions.open(List.of(cookie)).exists());
    assertEquals(List.of("unreadable " + handle), told);
    assertEquals(1, sessions.statistics().unreadable());
  }
}
