// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.store.SessionTokens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of sessions whose files a test may spoil. */
abstract class FilesFixture {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Instant SOON = NOW.plusSeconds(1800);
  static final Instant AFTER = SOON.plusSeconds(1);
  static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());
  static final Principal ADA = new Principal("ada", Set.of());
  static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), NOW.plus(Duration.ofDays(7)), Optional.of(ADA));
  static final int HEADER = 8;
  @TempDir Path parent;
  FileSessionStore store;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder(), KEYS, 1, Durability.NONE, Runnable::run);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  Path folder() {
    return parent.resolve("sessions");
  }

  Path quarantine() {
    return folder().resolve("quarantine");
  }

  String begin() {
    return store.create(STRANGER, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
  }

  void set(String token, String value) {
    StoredSession session = Stores.load(store, token).orElseThrow();
    Changes changes = new Changes(Map.of("v", value), Set.of(), Map.of());
    assertTrue(store.update(session, changes, WriteOptions.at(NOW, SOON)).token().isPresent());
  }

  Optional<String> value(String token) {
    return Stores.load(store, token)
        .map(session -> session.attributes().getOrDefault("v", "missing"));
  }

  Path file(String token) {
    String handle = new SessionTokens(KEYS).parse(token).orElseThrow().handle();
    return folder().resolve(handle.substring(0, 2)).resolve(handle);
  }

  Path index() throws IOException {
    try (var files = Files.walk(folder())) {
      return files.filter(file -> file.toString().endsWith(".index")).findFirst().orElseThrow();
    }
  }

  List<Path> quarantined() throws IOException {
    if (Files.notExists(quarantine())) {
      return List.of();
    }
    try (var files = Files.list(quarantine())) {
      return files.toList();
    }
  }

  /** A process that has just started sweeps when a session begins. */
  void sweep(Instant now) {
    try (FileSessionStore fresh =
        FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
      fresh.create(STRANGER, Map.of(), WriteOptions.at(now, now.plusSeconds(600)));
    }
  }

  /** From where to where the slot with this value is; the first byte after it is padding. */
  static int[] slot(byte[] file, int index) {
    int start = HEADER + index * ByteBuffer.wrap(file).getInt(4);
    int length = ByteBuffer.wrap(file).getInt(start + 16);
    return new int[] {start, start + 24 + length + 16};
  }
}
