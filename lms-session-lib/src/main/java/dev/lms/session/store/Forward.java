// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import java.time.Instant;
import java.util.Optional;

/**
 * Says where a session with a new id went; a store keeps it in the session's old place. For authors
 * of stores that {@linkplain SessionStore.Capability#FOLLOWS_ROTATION follow rotations}. Immutable.
 *
 * @param handle the session's new handle
 * @param aliasUntil until when the old id opens the session; empty after a change of privilege,
 *     which ends the old id at once
 */
public record Forward(String handle, Optional<Instant> aliasUntil) {
  private static final String KIND = "next";

  /**
   * {@return whether the old id still opens the session}
   *
   * @param now the moment that judges the grace of the rotation
   */
  public boolean isAlias(Instant now) {
    return aliasUntil.filter(now::isBefore).isPresent();
  }

  /**
   * {@return what the old id opens when it is no longer an alias: {@link Opened.Reused} after a
   * grace, {@link Opened#ABSENT} after a change of privilege}
   *
   * @param oldHandle the session's handle before the rotation
   */
  public Opened afterwards(String oldHandle) {
    return aliasUntil.isPresent() ? new Opened.Reused(oldHandle) : Opened.ABSENT;
  }

  /**
   * {@return one line of text without a MAC} Stores that others can write to use {@link
   * EnvelopeCodec}.
   */
  public String toText() {
    String until = aliasUntil.map(at -> Long.toString(at.toEpochMilli())).orElse("");
    return String.join("|", KIND, handle, until);
  }

  /**
   * {@return the forward that a text describes, or empty for any other text}
   *
   * @param text what {@link #toText()} returned, or any other text
   */
  public static Optional<Forward> fromText(String text) {
    String[] parts = text.split("\\|", -1);
    if (parts.length != 3 || !parts[0].equals(KIND)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Forward(
              parts[1],
              parts[2].isEmpty()
                  ? Optional.empty()
                  : Optional.of(Instant.ofEpochMilli(Long.parseLong(parts[2])))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
