package dev.lms.session;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a session is, besides its attributes. It changes only when the session gets a new id.
 * Immutable.
 */
public final class Envelope {
  private final Instant created;
  private final Optional<Instant> authenticated;
  private final Instant absoluteDeadline;
  private final Optional<Principal> principal;
  private final Device device;

  /**
   * With an unknown device.
   *
   * @param created when the session, whatever its id then, began
   * @param authenticated when the person last proved who they are; empty for a stranger
   * @param absoluteDeadline when it ends whatever happens (OWASP ASVS 7.3.2)
   * @param principal whose session it is; empty for a stranger
   */
  public Envelope(
      Instant created,
      Optional<Instant> authenticated,
      Instant absoluteDeadline,
      Optional<Principal> principal) {
    this(created, authenticated, absoluteDeadline, principal, Device.UNKNOWN);
  }

  private Envelope(
      Instant created,
      Optional<Instant> authenticated,
      Instant absoluteDeadline,
      Optional<Principal> principal,
      Device device) {
    this.created = created;
    this.authenticated = authenticated;
    this.absoluteDeadline = absoluteDeadline;
    this.principal = principal;
    this.device = device;
  }

  /** With what the person signed in with; stores without a principal index may forget it. */
  public Envelope withDevice(Device other) {
    return new Envelope(created, authenticated, absoluteDeadline, principal, other);
  }

  /** With another person, or the same one in other roles. */
  public Envelope withPrincipal(Optional<Principal> other) {
    return new Envelope(created, authenticated, absoluteDeadline, other, device);
  }

  /** When the session, whatever its id then, began. */
  public Instant created() {
    return created;
  }

  /** When the person last proved who they are; empty for a stranger. */
  public Optional<Instant> authenticated() {
    return authenticated;
  }

  /** When it ends whatever happens. */
  public Instant absoluteDeadline() {
    return absoluteDeadline;
  }

  /** Whose session it is; empty for a stranger. */
  public Optional<Principal> principal() {
    return principal;
  }

  /** What they signed in with. */
  public Device device() {
    return device;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Envelope that
        && created.equals(that.created)
        && authenticated.equals(that.authenticated)
        && absoluteDeadline.equals(that.absoluteDeadline)
        && principal.equals(that.principal)
        && device.equals(that.device);
  }

  @Override
  public int hashCode() {
    return Objects.hash(created, authenticated, absoluteDeadline, principal, device);
  }

  @Override
  public String toString() {
    return "Envelope[created=%s, authenticated=%s, absoluteDeadline=%s, principal=%s, device=%s]"
        .formatted(created, authenticated, absoluteDeadline, principal, device);
  }
}
