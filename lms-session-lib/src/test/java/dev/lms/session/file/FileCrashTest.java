// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.ChildJvm;
import dev.lms.session.CrashWriter;
import dev.lms.session.SessionStore;
import dev.lms.session.WorkerCrashTest;
import dev.lms.session.WriteOptions;
import dev.lms.session.store.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers of one folder, killed in the middle of writing. */
class FileCrashTest extends WorkerCrashTest {
  @TempDir Path parent;

  private int folders;

  private Path folder() {
    return parent.resolve("sessions" + folders);
  }

  private SlotFolder files() {
    return new SlotFolder(folder(), CrashWriter.KEYS, Durability.NONE);
  }

  @Test
  void nothingAcknowledgedIsLostByEightKills() throws Exception {
    killWriters(8);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByFourHundredKills() throws Exception {
    // A new folder now and then: every round looks at all that the ones before it left.
    for (folders = 0; folders < 20; folders++) {
      killWriters(20);
    }
  }

  @Override
  protected SessionStore open() {
    // It sweeps at once, in the thread that asks.
    return FileSessionStore.open(folder(), CrashWriter.KEYS, 1, Durability.NONE, Runnable::run);
  }

  @Override
  protected List<String> writer(String... arguments) {
    return ChildJvm.command(
        List.of(), CrashWriter.class, CrashWriter.arguments(folder().toString(), arguments));
  }

  @Override
  protected Map<String, List<Map<String, String>>> scan() throws IOException {
    Map<String, List<Map<String, String>>> found = new HashMap<>();
    SlotFolder files = files();
    files.forEach(
        name -> {
          Optional<RecordCodec.Content> content =
              name.length() == 32
                  ? files.read(name).flatMap(slot -> RecordCodec.decode(slot.content()))
                  : Optional.empty();
          content
              .map(RecordCodec.Content::attributes)
              .ifPresent(
                  attributes ->
                      found
                          .computeIfAbsent(
                              attributes.getOrDefault("id", "?"), id -> new ArrayList<>())
                          .add(attributes));
        });
    return found;
  }

  @Override
  protected boolean rotatesInOneStep() {
    return false; // A file each.
  }

  @Override
  protected void checkThatAllIsReadable(SessionStore store) {
    assertEquals(0, ((FileSessionStore) store).unreadable());
    assertTrue(Files.notExists(folder().resolve("quarantine")), "nothing was damaged");
  }

  @Override
  protected void checkThatAllHasADeadline(SessionStore store) throws IOException {
    // What a kill leaves behind between the creation of a file and its first byte, which is rare.
    Path shard = Files.createDirectories(folder().resolve("ab"));
    Files.createFile(shard.resolve("ab".repeat(16)));
    Files.createFile(shard.resolve("ab".repeat(16) + ".index"));
    // A sweep is due when a store is first asked, and later only with twice as many sessions.
    try (SessionStore sweeping = open()) {
      sweeping.create(
          CrashWriter.envelope(Optional.empty()),
          Map.of(),
          WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON));
    }
    SlotFolder files = files();
    files.forEach(name -> assertTrue(files.read(name).isPresent(), name + " never ends"));
  }
}
