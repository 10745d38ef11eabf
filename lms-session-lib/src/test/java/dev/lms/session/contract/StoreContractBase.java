// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;

/** What the parts of {@link SessionStoreContract} share. */
abstract class StoreContractBase {
  protected static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  protected static final KeyRing OTHER_KEYS = KeyRing.of("a secret for tests, long enough 0002");
  protected static final KeyRing ROTATED_KEYS =
      KeyRing.of("a secret for tests, long enough 0002", "a secret for tests, long enough 0001");

  protected static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
  protected static final Instant SOON = NOW.plus(Duration.ofMinutes(30));
  protected static final Instant LATER = NOW.plus(Duration.ofDays(7));

  /** How long an alias lives in these tests. */
  protected static final Duration GRACE = Duration.ofSeconds(10);

  private final List<SessionStore> opened = new ArrayList<>();

  /**
   * A store as a worker of the site would open it. Called several times in a test: all of them
   * share their data, and the first one starts empty or with the data of other tests.
   */
  protected abstract SessionStore open(KeyRing keys);

  protected final SessionStore store(KeyRing keys) {
    SessionStore store = open(keys);
    opened.add(store);
    return store;
  }

  protected final SessionStore store() {
    return store(KEYS);
  }

  @AfterEach
  final void closeStores() {
    opened.forEach(SessionStore::close);
  }

  protected static Envelope stranger() {
    return new Envelope(NOW, Optional.empty(), LATER, Optional.empty());
  }

  protected static Envelope person() {
    return new Envelope(
        NOW,
        Optional.of(NOW.plusSeconds(5)),
        LATER,
        Optional.of(new Principal("zoë|1, %", Set.of("student", "tutor|a,b"))));
  }

  protected static Changes set(String name, String value) {
    return new Changes(Map.of(name, value), Set.of(), Map.of());
  }

  protected static Changes add(String name, long delta) {
    return new Changes(Map.of(), Set.of(), Map.of(name, delta));
  }

  protected static StoredSession loaded(SessionStore store, String token) {
    return Stores.load(store, token)
        .orElseThrow(() -> new AssertionError("the session is not there"));
  }

  /** Runs all at once and answers what each returned, in order. */
  protected static List<Object> inParallel(List<Callable<Object>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      List<Object> results = new ArrayList<>();
      for (Future<Object> result : threads.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
