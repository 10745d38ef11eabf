// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.Changes;
import dev.lms.session.CrashWriter;
import dev.lms.session.Envelope;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is synced before a write returns, as the JDK's flight recorder saw it. */
class DurabilityTest {
  @TempDir Path parent;

  /** Each sync while this ran: whether of a session's "file" or its "folder", and how. */
  private <T> List<String> syncs(Supplier<T> step, List<T> result) throws IOException {
    Path dump = parent.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileForce").withoutThreshold().withoutStackTrace();
      recording.start();
      result.add(step.get());
      recording.stop();
      recording.dump(dump);
    }
    List<String> syncs = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(dump)) {
      String name = String.valueOf(Path.of(event.getString("path")).getFileName());
      String what = name.length() == 2 ? "shard" : name.equals("sessions") ? "folder" : "file";
      syncs.add(what + (event.getBoolean("metaData") ? " and metadata" : ""));
    }
    return syncs;
  }

  private List<List<String>> syncs(Durability durability) throws IOException {
    List<List<String>> all = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    try (FileSessionStore store =
        FileSessionStore.open(parent.resolve("sessions"), CrashWriter.KEYS, 1000, durability)) {
      Envelope stranger = CrashWriter.envelope(Optional.empty());
      all.add(
          syncs(
              () ->
                  store
                      .create(
                          stranger, Map.of(), WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON))
                      .orElseThrow(),
              tokens));
      for (String value : List.of("short", "x".repeat(9000))) {
        StoredSession session = Stores.load(store, tokens.get(0)).orElseThrow();
        Changes changes = new Changes(Map.of("v", value), Set.of(), Map.of());
        all.add(
            syncs(
                () ->
                    store
                        .update(
                            session, changes, WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON))
                        .token()
                        .orElseThrow(),
                tokens));
      }
      all.add(
          syncs(
              () -> {
                store.delete(tokens.get(0), Optional.empty(), CrashWriter.NOW);
                return "";
              },
              tokens));
    }
    return all;
  }

  @Test
  void noneSyncsNothing() throws Exception {
    assertEquals(List.of(List.of(), List.of(), List.of(), List.of()), syncs(Durability.NONE));
  }

  @Test
  void dataSyncsEveryWrite() throws Exception {
    assertEquals(
        List.of(List.of("file"), List.of("file"), List.of("file"), List.of()),
        syncs(Durability.DATA));
  }

  @Test
  void fullSyncsWhatComesAndGoesToo() throws Exception {
    assertEquals(
        List.of(
            List.of("folder and metadata", "file and metadata", "shard and metadata"),
            List.of("file and metadata"),
            List.of("file and metadata", "shard and metadata"),
            List.of("shard and metadata")),
        syncs(Durability.FULL));
  }

  @Test
  void aRevocationIsSyncedWithItsName() throws Exception {
    FileRevocations synced = FileRevocations.open(parent.resolve("sessions"), Durability.DATA);
    FileRevocations not = FileRevocations.open(parent.resolve("sessions"));
    List<Boolean> first = new ArrayList<>();
    assertEquals(
        List.of("file and metadata", "folder and metadata"),
        syncs(() -> synced.revoke("aa11", CrashWriter.SOON, CrashWriter.NOW), first));
    assertEquals(
        List.of(), syncs(() -> not.revoke("bb22", CrashWriter.SOON, CrashWriter.NOW), first));
    assertEquals(List.of(true, true), first);
  }
}
