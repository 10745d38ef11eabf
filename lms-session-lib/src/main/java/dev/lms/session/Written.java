// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.util.Optional;

/**
 * The result of a {@linkplain SessionStore store's} write. Immutable.
 *
 * @param outcome {@link CommitOutcome#STORED}, or why nothing was written
 * @param token what the browser must send from now on, usually what it sent before; present if and
 *     only if the changes were stored
 */
public record Written(CommitOutcome outcome, Optional<String> token) {
  /** The session has ended, or its deadline has passed. */
  public static final Written GONE = new Written(CommitOutcome.GONE, Optional.empty());

  /** An attribute is no longer what {@link Changes#expected} says. */
  public static final Written CONFLICT = new Written(CommitOutcome.CONFLICT, Optional.empty());

  /** The limit of sessions per person refuses another one. */
  public static final Written REFUSED = new Written(CommitOutcome.REFUSED, Optional.empty());

  /**
   * Checks that there is a token if, and only if, the changes were stored.
   *
   * @throws IllegalArgumentException if not
   */
  public Written {
    if (token.isPresent() != (outcome == CommitOutcome.STORED)) {
      throw new IllegalArgumentException("a token belongs to what was stored, and to nothing else");
    }
  }

  /**
   * {@return the result of a write that the store has acknowledged}
   *
   * @param token what the browser must send from now on
   */
  public static Written stored(String token) {
    return new Written(CommitOutcome.STORED, Optional.of(token));
  }

  /** {@return whether the store has acknowledged every change} */
  public boolean isStored() {
    return outcome == CommitOutcome.STORED;
  }

  @Override
  public String toString() {
    return "Written[" + outcome + "]";
  }
}
