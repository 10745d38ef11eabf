package dev.lms.session.store;

import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import java.time.Instant;
import java.util.Optional;

/**
 * What a store keeps in the place of a session that got a new id: where it went. For authors of
 * stores that {@linkplain SessionStore.Capability#FOLLOWS_ROTATION follow rotations}. Immutable.
 *
 * @param handle the name that the session got
 * @param aliasUntil until when the old id opens it; empty if the rotation was a change of
 *     privilege: then it never did
 */
public record Forward(String handle, Optional<Instant> aliasUntil) {
  private static final String KIND = "next";

  /** Whether the old id still opens the session. */
  public boolean isAlias(Instant now) {
    return aliasUntil.filter(now::isBefore).isPresent();
  }

  /** What the old id opens when it is no alias any more. */
  public Opened afterwards(String oldHandle) {
    return aliasUntil.isPresent() ? new Opened.Reused(oldHandle) : Opened.ABSENT;
  }

  /** One line of text without a MAC; stores that others can write to use {@link EnvelopeCodec}. */
  public String toText() {
    String until = aliasUntil.map(at -> Long.toString(at.toEpochMilli())).orElse("");
    return String.join("|", KIND, handle, until);
  }

  /** The reverse; empty for anything else. */
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
