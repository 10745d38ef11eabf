// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import dev.lms.session.Opened;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import java.time.Instant;
import java.util.Optional;

/** What tests ask of any store. */
public final class Stores {
  private Stores() {}

  /** The session that a token itself names, whether or not its deadline has passed. */
  public static Optional<StoredSession> load(SessionStore store, String token) {
    return store.open(token, Instant.MAX) instanceof Opened.Live live
        ? Optional.of(live.session())
        : Optional.empty();
  }

  /** Ends a session that was loaded before. */
  public static boolean end(SessionStore store, StoredSession session, Instant now) {
    return store.delete(session.token(), Optional.of(session), now);
  }

  /** What a store does that knows whose sessions there are. */
  public static PrincipalIndex index(SessionStore store) {
    return (PrincipalIndex) store;
  }
}
