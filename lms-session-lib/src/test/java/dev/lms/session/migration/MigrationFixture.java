// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Two stores of each kind, and workers on both. */
abstract class MigrationFixture {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Instant SOON = NOW.plusSeconds(1800);
  static final Instant LATER = NOW.plus(Duration.ofDays(7));
  static final WriteOptions OPTIONS = WriteOptions.at(NOW, SOON);
  static final Envelope PERSON =
      new Envelope(
          NOW, Optional.of(NOW), LATER, Optional.of(new Principal("ada", Set.of("student"))));
  static final Changes ONE_MORE = new Changes(Map.of(), Set.of(), Map.of("n", 1L));

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static Stage stage;

  private final List<SessionStore> opened = new ArrayList<>();

  // Set by each test before anything else.
  @SuppressWarnings("NullAway.Init")
  SessionStore from;

  @SuppressWarnings("NullAway.Init")
  SessionStore to;

  @BeforeAll
  static void startServers() {
    stage = new Stage(folder, KEYS);
  }

  @AfterAll
  static void stopServers() {
    stage.close();
  }

  @AfterEach
  void closeStores() {
    opened.forEach(SessionStore::close);
  }

  void open(Way way) {
    closeStores();
    opened.clear();
    from = stage.open(way.from, "from");
    to = stage.open(way.to, "to");
    opened.addAll(List.of(from, to));
  }

  MigratingStore worker() {
    return new MigratingStore(from, to, KEYS);
  }

  static Migration migration(SessionStore from, SessionStore to) {
    return new Migration(from, to, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  Migration.Count migrate() {
    Migration migration = migration(from, to);
    migration.begin(Duration.ofMillis(100));
    return migration.move(moved -> {});
  }

  static String signIn(SessionStore store) {
    return store
        .create(PERSON, Map.of("n", "0", "höhe", "1|2"), WriteOptions.at(NOW, SOON))
        .orElseThrow();
  }

  static PrincipalIndex index(SessionStore store) {
    return (PrincipalIndex) store;
  }

  static Optional<StoredSession> load(SessionStore store, String token) {
    return Stores.load(store, token);
  }

  static void assertGone(SessionStore worker, String token) {
    assertEquals(Optional.empty(), load(worker, token));
    assertEquals(List.of(), index(worker).list("ada", NOW));
  }
}
