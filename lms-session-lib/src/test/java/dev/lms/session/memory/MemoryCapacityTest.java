// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryCapacityTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(60);
  private static final Instant LATER = NOW.plusSeconds(3600);

  private final Table table = new Table(4);
  private final MemorySessionStore store = new MemorySessionStore(KEYS, table);

  private String begin(Optional<Principal> person, Instant deadline, Instant now) {
    Envelope envelope =
        new Envelope(now, person.map(id -> now), now.plus(Duration.ofDays(7)), person);
    return store.create(envelope, Map.of(), WriteOptions.at(now, deadline)).orElseThrow();
  }

  private String stranger(Instant deadline) {
    return begin(Optional.empty(), deadline, NOW);
  }

  private String person(Instant deadline) {
    return begin(Optional.of(new Principal("ann", Set.of())), deadline, NOW);
  }

  private boolean isThere(String token) {
    return Stores.load(store, token).isPresent();
  }

  @Test
  void aFloodOfStrangersEndsNobodysSignIn() {
    String signedIn = person(SOON);
    for (int i = 0; i < 100; i++) {
      stranger(LATER);
    }
    assertTrue(isThere(signedIn));
    assertEquals(4, table.size());
  }

  @Test
  void atTheBoundTheStrangerThatEndsSoonestMakesRoom() {
    String later = stranger(LATER);
    String soon = stranger(SOON);
    person(LATER);
    person(LATER);
    String newest = stranger(LATER);
    assertFalse(isThere(soon));
    assertTrue(isThere(later));
    assertTrue(isThere(newest));
  }

  @Test
  void whereAllAreSignedInTheOneThatEndsSoonestMakesRoom() {
    String soon = person(SOON);
    person(LATER);
    person(LATER);
    person(LATER);
    person(LATER);
    assertFalse(isThere(soon));
    assertEquals(4, store.list("ann", NOW).size());
  }

  @Test
  void whatHasExpiredMakesRoomFirst() {
    String expired = person(SOON);
    String live = stranger(LATER);
    begin(Optional.empty(), LATER.plusSeconds(1), LATER.minusSeconds(1));
    assertFalse(isThere(expired));
    assertTrue(isThere(live));
    assertEquals(2, table.size());
  }

  @Test
  void idsThatWereReplacedCountAndEnd() {
    String token = person(LATER);
    for (int i = 0; i < 20; i++) {
      StoredSession session = Stores.load(store, token).orElseThrow();
      token =
          store
              .rotate(
                  session,
                  session.envelope(),
                  Changes.NONE,
                  WriteOptions.at(NOW, LATER).withGrace(Duration.ofSeconds(10)))
              .token()
              .orElseThrow();
    }
    assertTrue(isThere(token));
    assertEquals(4, table.size());
    assertEquals(1, store.revokeAll("ann", Optional.empty(), NOW));
    assertFalse(isThere(token));
  }

  @Test
  void aCapacityThatCannotWorkIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> MemorySessionStore.open(KEYS, 1));
  }
}
