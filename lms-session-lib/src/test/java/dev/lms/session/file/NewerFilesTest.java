// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.store.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Files of a newer program or of another key are left alone. */
class NewerFilesTest extends FilesFixture {
  private static final KeyRing NEW_KEYS =
      KeyRing.of("a secret for tests, long enough 0002", "a secret for tests, long enough 0001");

  /** As a newer program would have left it. */
  private static byte[] makeNewer(Path file) throws IOException {
    byte[] newer = Files.readAllBytes(file);
    newer[3] = SlotFile.VERSION + 1;
    Files.write(file, newer);
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    return newer;
  }

  /** What the newer program wrote is still where it was, as it was. */
  private void isLeftAlone(Path file, byte[] newer) throws IOException {
    assertTrue(Arrays.equals(newer, Files.readAllBytes(file)), "its own program reads it");
    assertEquals(List.of(), quarantined());
  }

  private static void isRefused(Path file, Executable step) {
    SessionStoreException e = assertThrows(SessionStoreException.class, step);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(file + " is of a newer version"), message);
    assertTrue(message.contains("finish the upgrade"), message);
    assertFalse(e.isOutage(), "others are served");
  }

  @Test
  void aFileOfANewerSchemaVersionIsAbsentAndLeftAlone() throws Exception {
    String token = begin();
    Path file = file(token);
    byte[] newer = makeNewer(file);
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(1, store.unreadable());
    sweep(AFTER);
    isLeftAlone(file, newer);
    // Not for ever: a flipped bit may have made it look newer.
    sweep(NOW.plus(Duration.ofDays(91)));
    assertFalse(Files.exists(file));
  }

  /** What is not seen in it would be forgotten: that person's list, and the end of all of them. */
  @Test
  void anIndexOfANewerSchemaVersionIsLeftAloneAndWhatNeedsItIsRefused() throws Exception {
    StoredSession theirs =
        Stores.load(
                store,
                store.create(PERSON, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow())
            .orElseThrow();
    StoredSession stranger = Stores.load(store, begin()).orElseThrow();
    Path index = index();
    byte[] ours = Files.readAllBytes(index);
    byte[] newer = makeNewer(index);
    for (Executable step :
        List.<Executable>of(
            () -> store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow(),
            () -> store.rotate(stranger, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON)),
            () -> store.update(theirs, Changes.NONE, WriteOptions.at(NOW, AFTER)),
            () -> store.list("ada", NOW),
            () -> store.revoke("ada", theirs.handle(), NOW),
            () -> store.revokeAll("ada", Optional.empty(), NOW))) {
      isRefused(index, step);
      isLeftAlone(index, newer);
    }
    sweep(NOW);
    isLeftAlone(index, newer);
    assertEquals(Optional.of("1"), value(stranger.token()), "its sign-in did not happen");
    set(theirs.token(), "2");
    Files.write(index, ours);
    assertEquals(1, store.list("ada", NOW).size());
    assertEquals(1, store.revokeAll("ada", Optional.empty(), NOW));
  }

  @Test
  void aPurgeEndsWhatANewerProgramWroteToo() throws Exception {
    Path file = file(store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    Path index = index();
    makeNewer(file);
    makeNewer(index);
    store.purge(NOW);
    assertFalse(Files.exists(file));
    assertFalse(Files.exists(index));
  }

  @Test
  void signingOutNeedsNoIndex() throws Exception {
    StoredSession theirs =
        Stores.load(store, store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow())
            .orElseThrow();
    Path index = index();
    byte[] newer = makeNewer(index);
    Stores.end(store, theirs, NOW);
    assertEquals(Optional.empty(), Stores.load(store, theirs.token()));
    isLeftAlone(index, newer);
  }

  /** It may say what the session was rotated into, and that would live on. */
  @Test
  void nobodyIsToldThatASessionOfANewerSchemaVersionHasEnded() throws Exception {
    StoredSession session = Stores.load(store, begin()).orElseThrow();
    Path file = file(session.token());
    byte[] newer = makeNewer(file);
    isRefused(file, () -> Stores.end(store, session, NOW));
    isRefused(file, () -> store.delete(session.token(), Optional.empty(), NOW));
    isLeftAlone(file, newer);
  }

  @Test
  void aFileSignedWithAKeyThatThisProcessDoesNotHaveIsLeftAlone() throws Exception {
    String token = begin();
    Path file = file(token);
    try (FileSessionStore rotated =
        FileSessionStore.open(folder(), NEW_KEYS, 1, Durability.NONE, Runnable::run)) {
      for (int i = 0; i < 2; i++) {
        StoredSession session = Stores.load(rotated, token).orElseThrow();
        assertTrue(
            rotated.update(session, Changes.NONE, WriteOptions.at(NOW, SOON)).token().isPresent());
      }
      assertEquals(
          Optional.empty(), Stores.load(store, token), "this worker has not got the new key");
      sweep(NOW);
      assertEquals(List.of(), quarantined());
      assertTrue(Stores.load(rotated, token).isPresent());
      sweep(AFTER);
      assertFalse(Files.exists(file), "its deadline has passed whoever wrote it");
    }
  }

  @Test
  void anEnvelopeOfAnotherVersionIsAbsentAndCounted() throws Exception {
    String token = begin();
    Path file = file(token);
    String handle = file.getFileName().toString();
    SlotFolder files = new SlotFolder(folder(), KEYS, Durability.NONE);
    byte[] content = RecordCodec.encode(STRANGER, Map.of("v", "1"));
    content[1]++; // the envelope's version, behind its length
    assertTrue(files.change(handle, slot -> Optional.of(new SlotFolder.Content(SOON, content))));
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(1, store.unreadable());
    assertTrue(Files.exists(file), "a newer program may know it");
    sweep(AFTER);
    assertFalse(Files.exists(file), "but its deadline holds");
  }
}
