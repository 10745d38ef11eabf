// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.memory;

import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.store.Forward;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What is kept under a handle. Immutable. */
sealed interface Slot {
  /** When it counts no longer. */
  Instant deadline();

  default boolean isLive(Instant now) {
    return deadline().isAfter(now);
  }

  /** Whose session it is; empty for a stranger's, and for what only leads to one. */
  Optional<String> person();

  /**
   * A session.
   *
   * @param root the handle it had at sign-in: the same for all that one session was rotated into
   * @param seen when it was last written
   */
  record Kept(
      Envelope envelope,
      Map<String, String> attributes,
      Instant deadline,
      String root,
      Instant seen)
      implements Slot {
    @Override
    public Optional<String> person() {
      return envelope.principal().map(Principal::id);
    }

    Kept with(Envelope other) {
      return new Kept(other, attributes, deadline, root, seen);
    }

    Instant signedIn() {
      return envelope.authenticated().orElse(envelope.created());
    }
  }

  /** Where a session went that got a new id. */
  record Moved(Forward forward, Instant deadline) implements Slot {
    @Override
    public Optional<String> person() {
      return Optional.empty();
    }
  }
}
