// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.contract.Stores;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/** One person's client, who knows what was acknowledged, and which one write may have been. */
final class OutageWriter {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));

  private final SessionStore store;
  private final String name;
  private final Envelope envelope;
  private final Random random;

  /** What each session must hold, by its token. */
  private final Map<String, Integer> live = new HashMap<>();

  private final List<StoredSession> ended = new ArrayList<>();

  /** The session whose write has no answer, and what was to be written; −1 for its end. */
  private Optional<StoredSession> unsure = Optional.empty();

  private int unsureValue;

  OutageWriter(SessionStore store, String name, Random random) {
    this.store = store;
    this.name = name;
    this.random = random;
    this.envelope =
        new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(new Principal(name, Set.of())));
  }

  /** Returns what stopped it. */
  SessionStoreException runUntilOutage(Semaphore done) {
    try {
      while (true) {
        step();
        done.release();
      }
    } catch (SessionStoreException e) {
      // As told: the writer stops and the round is checked.
      return e;
    }
  }

  private void step() {
    List<String> tokens = new ArrayList<>(live.keySet());
    int dice = random.nextInt(10);
    if (tokens.size() < 3 || (dice == 0 && tokens.size() < 10)) {
      String token =
          store.create(envelope, Map.of("n", "0"), WriteOptions.at(NOW, SOON)).orElseThrow();
      live.put(token, 0);
      return;
    }
    String token = tokens.get(random.nextInt(tokens.size()));
    int value = live.getOrDefault(token, 0);
    StoredSession session = Stores.load(store, token).orElseThrow();
    unsure = Optional.of(session);
    if (dice == 1) {
      unsureValue = -1;
      Stores.end(store, session, NOW);
      live.remove(token);
      ended.add(session);
    } else if (dice == 2) {
      unsureValue = -1;
      assertTrue(Stores.index(store).revoke(name, session.handle(), NOW));
      live.remove(token);
      ended.add(session);
    } else if (dice == 3) {
      unsureValue = -1;
      String next =
          store
              .rotate(session, envelope, Changes.NONE, WriteOptions.at(NOW, SOON))
              .token()
              .orElseThrow();
      live.remove(token);
      ended.add(session);
      live.put(next, value);
    } else {
      unsureValue = value + 1;
      Changes one = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
      assertTrue(store.update(session, one, WriteOptions.at(NOW, SOON)).token().isPresent());
      live.put(token, value + 1);
    }
    unsure = Optional.empty();
  }

  void check(String where) {
    unsure.ifPresent(session -> settle(session, where));
    unsure = Optional.empty();
    live.forEach(
        (token, value) -> {
          StoredSession session =
              Stores.load(store, token)
                  .orElseThrow(() -> new AssertionError(where + ": a session is lost"));
          assertEquals(Integer.toString(value), session.attributes().get("n"), where);
        });
    Set<String> listed =
        Stores.index(store).list(name, NOW).stream()
            .map(SessionInfo::handle)
            .collect(Collectors.toSet());
    for (String token : live.keySet()) {
      assertTrue(
          listed.contains(Stores.load(store, token).orElseThrow().handle()), where + ": unlisted");
    }
    for (StoredSession session : ended) {
      assertEquals(Optional.empty(), Stores.load(store, session.token()), where + ": it returned");
      assertEquals(
          Optional.empty(),
          store.update(session, Changes.NONE, WriteOptions.at(NOW, SOON)).token(),
          where);
    }
    ended.clear();
  }

  /** The write without an answer was done or not; nothing in between. */
  private void settle(StoredSession session, String where) {
    Optional<StoredSession> found = Stores.load(store, session.token());
    Integer before = live.get(session.token());
    if (found.isEmpty()) {
      assertEquals(-1, unsureValue, where + ": an increment ended a session");
      live.remove(session.token());
      return;
    }
    int value = Integer.parseInt(found.get().attributes().getOrDefault("n", "none"));
    assertTrue(before != null && (value == before || value == unsureValue), where + ": " + value);
    live.put(session.token(), value);
  }
}
