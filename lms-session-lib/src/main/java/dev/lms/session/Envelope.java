package dev.lms.session;

import java.time.Instant;
import java.util.Optional;

/**
 * What a session is, besides its attributes. It changes only when the session gets a new id.
 * Immutable.
 *
 * @param created when the session, whatever its id then, began
 * @param authenticated when the person last proved who they are; empty for a stranger
 * @param absoluteDeadline when it ends whatever happens (OWASP ASVS 7.3.2)
 * @param principal whose session it is; empty for a stranger
 * @param device what they signed in with; stores without a principal index may forget it
 */
public record Envelope(
    Instant created,
    Optional<Instant> authenticated,
    Instant absoluteDeadline,
    Optional<Principal> principal,
    Device device) {

  /** With an unknown device. */
  public Envelope(
      Instant created,
      Optional<Instant> authenticated,
      Instant absoluteDeadline,
      Optional<Principal> principal) {
    this(created, authenticated, absoluteDeadline, principal, Device.UNKNOWN);
  }
}
