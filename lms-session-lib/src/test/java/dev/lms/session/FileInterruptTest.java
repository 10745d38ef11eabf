// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.contract.Stores;
import dev.lms.session.file.Durability;
import dev.lms.session.file.FileRevocations;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.store.Revocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A thread that somebody wants to stop, in the middle of a call of the file store. */
class FileInterruptTest {
  private static final KeyRing KEYS = CrashWriter.KEYS;
  private static final Instant NOW = CrashWriter.NOW;
  private static final Instant SOON = CrashWriter.SOON;
  private static final Envelope ADA =
      CrashWriter.envelope(Optional.of(new Principal("ada", Set.of())));
  private static final Changes CHANGE = new Changes(Map.of("v", "2"), Set.of(), Map.of());

  @TempDir Path folder;
  private FileSessionStore store;

  @BeforeEach
  void openStore() {
    store =
        FileSessionStore.open(
            folder.resolve("sessions"), KEYS, 1000, Durability.NONE, Runnable::run);
  }

  @AfterEach
  void closeStore() {
    assertFalse(Thread.interrupted(), "no test leaves it to the next one");
    store.close();
  }

  /** The status is set when the call begins to wait, or to read: it need not come in between. */
  private static String interrupted(Executable call) {
    Thread.currentThread().interrupt();
    SessionStoreException e = assertThrows(SessionStoreException.class, call);
    assertTrue(Thread.interrupted(), "whoever asked this thread to stop is still heard");
    return String.valueOf(e.getMessage());
  }

  @Test
  void theMessageSaysSoAndTheNextCallIsAsEver() {
    StoredSession ada =
        Stores.load(
                store,
                store.create(ADA, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow())
            .orElseThrow();
    Revocations revocations = FileRevocations.open(folder.resolve("revoked"));
    for (Executable call : EveryCall.of(store, revocations, ada, NOW)) {
      String message = interrupted(call);
      assertTrue(message.contains("interrupted"), message);
      assertFalse(message.contains("disk"), message);
      assertEquals(Map.of("v", "1"), Stores.load(store, ada.token()).orElseThrow().attributes());
      assertEquals(1, store.list("ada", NOW).size());
    }
    assertTrue(store.update(ada, CHANGE, WriteOptions.at(NOW, SOON)).token().isPresent());
    assertTrue(revocations.revoke("aa11", SOON, NOW));
  }

  @Test
  void itIsNoOutage() {
    Sessions sessions = Sessions.of(store, KEYS);
    String token = store.create(ADA, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    for (int i = 0; i < 3 * Breaker.FAILURES; i++) {
      interrupted(() -> Stores.load(sessions.site().store(), token));
      interrupted(() -> Stores.index(sessions.site().store()).list("ada", NOW));
    }
    assertFalse(sessions.statistics().inOutage());
    assertTrue(Stores.load(sessions.site().store(), token).isPresent());
  }

  @Test
  void aSweepThatIsInterruptedIsNotTakenForDone() throws Exception {
    store.create(ADA, Map.of(), WriteOptions.at(NOW, SOON));
    Instant later = SOON.plus(Duration.ofDays(1));
    interrupted(
        () ->
            store
                .create(ADA, Map.of(), WriteOptions.at(later, later.plusSeconds(600)))
                .orElseThrow());
    Instant soonAfter = later.plusSeconds(90);
    store.create(ADA, Map.of(), WriteOptions.at(soonAfter, later.plusSeconds(600)));
    try (var files = Files.walk(folder)) {
      assertEquals(
          1,
          files.filter(file -> file.getFileName().toString().matches("\\p{XDigit}{32}")).count());
    }
  }

  /** With the forward in its place there is no way back, though the folder is not synced yet. */
  @Test
  void aRotationThatIsInterruptedWhileItSyncsTheForwardLosesNoSession() throws Exception {
    Path synced = folder.resolve("synced");
    try (FileSessionStore full = FileSessionStore.open(synced, KEYS, 1000, Durability.FULL)) {
      for (int round = 0; round < 20; round++) {
        String token = full.create(ADA, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
        StoredSession session = Stores.load(full, token).orElseThrow();
        Path file = synced.resolve(session.handle().substring(0, 2)).resolve(session.handle());
        Object before = inode(file);
        Thread rotating = new Thread(() -> rotate(full, session));
        rotating.start();
        while (rotating.isAlive() && inode(file).equals(before)) {
          Thread.onSpinWait();
        }
        rotating.interrupt();
        rotating.join();
        assertInstanceOf(Opened.Live.class, full.open(token, NOW), "round " + round);
      }
    }
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  private static void rotate(SessionStore store, StoredSession session) {
    try {
      store.rotate(
          session,
          session.envelope(),
          Changes.NONE,
          WriteOptions.at(NOW, SOON).withGrace(Duration.ofMinutes(1)));
    } catch (SessionStoreException e) {
      // Interrupted before it was done, and not told that it was.
    }
  }
}
