// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.contract.Stores;
import dev.lms.session.store.Revocations;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;

/** What can be asked of a store, for tests in which none of it can be done. */
public final class EveryCall {
  private static final Changes CHANGE = new Changes(Map.of("v", "2"), Set.of(), Map.of());

  private EveryCall() {}

  /** A call of each kind, about a session of Ada's. */
  public static List<Executable> of(
      SessionStore store, Revocations revocations, StoredSession ada, Instant now) {
    Envelope envelope = ada.envelope();
    Instant deadline = ada.deadline();
    return List.of(
        () -> Stores.load(store, ada.token()),
        () -> store.create(envelope, Map.of(), WriteOptions.at(now, deadline)).orElseThrow(),
        () -> store.update(ada, CHANGE, WriteOptions.at(now, deadline)),
        () -> store.rotate(ada, envelope, CHANGE, WriteOptions.at(now, deadline)),
        () -> Stores.end(store, ada, now),
        () -> Stores.index(store).list("ada", now),
        () -> Stores.index(store).revokeAll("ada", Optional.empty(), now),
        () -> Stores.index(store).stats(now),
        () -> revocations.revoke("aa11", deadline, now));
  }
}
