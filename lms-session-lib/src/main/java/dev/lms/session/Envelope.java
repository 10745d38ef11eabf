package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a session is, besides its attributes. It changes only when the session gets a new id, or its
 * person other roles. Immutable.
 */
public final class Envelope {
  private final Instant created;
  private final Optional<Instant> authenticated;
  private final Instant absoluteDeadline;
  private final Optional<Principal> principal;
  private final Rest rest;

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
    this(created, authenticated, absoluteDeadline, principal, Rest.NONE);
  }

  /** What most sessions have nothing to say of. */
  private record Rest(
      Device device,
      Optional<Duration> sliding,
      Optional<Boolean> permanentCookie,
      boolean renewalDue) {
    private static final Rest NONE =
        new Rest(Device.UNKNOWN, Optional.empty(), Optional.empty(), false);
  }

  private Envelope(
      Instant created,
      Optional<Instant> authenticated,
      Instant absoluteDeadline,
      Optional<Principal> principal,
      Rest rest) {
    this.created = created;
    this.authenticated = authenticated;
    this.absoluteDeadline = absoluteDeadline;
    this.principal = principal;
    this.rest = rest;
  }

  /** With what the person signed in with; stores without a principal index may forget it. */
  public Envelope withDevice(Device other) {
    return with(new Rest(other, rest.sliding(), rest.permanentCookie(), rest.renewalDue()));
  }

  /** With a sliding lifetime of its own, instead of the one in the settings of the site. */
  public Envelope withSliding(Duration other) {
    return with(
        new Rest(rest.device(), Optional.of(other), rest.permanentCookie(), rest.renewalDue()));
  }

  /** With a cookie that is kept when the browser closes, or not, whatever the settings say. */
  public Envelope withPermanentCookie(boolean permanent) {
    return with(new Rest(rest.device(), rest.sliding(), Optional.of(permanent), rest.renewalDue()));
  }

  /** With a new id due, or not: see {@link #renewalDue()}. */
  public Envelope withRenewalDue(boolean due) {
    return with(new Rest(rest.device(), rest.sliding(), rest.permanentCookie(), due));
  }

  private Envelope with(Rest other) {
    return new Envelope(created, authenticated, absoluteDeadline, principal, other);
  }

  /** With another person, or the same one in other roles. */
  public Envelope withPrincipal(Optional<Principal> other) {
    return new Envelope(created, authenticated, absoluteDeadline, other, rest);
  }

  /**
   * With the person in other roles, and a new id due. As it is if they are in these roles already,
   * or if there is no person. What {@link PrincipalIndex#changeRoles} writes.
   */
  public Envelope withRoles(Set<String> roles) {
    return principal
        .filter(person -> !person.roles().equals(roles))
        .map(
            person ->
                withPrincipal(Optional.of(new Principal(person.id(), roles))).withRenewalDue(true))
        .orElse(this);
  }

  /**
   * What {@link SessionStore#rotate} writes if it is asked for this: unless it changes whose
   * session it is or in which roles, those that the person was given since the session was loaded
   * stay.
   *
   * @param loaded the envelope as the request saw it
   * @param stored the envelope as it is now
   */
  public Envelope over(Envelope loaded, Envelope stored) {
    if (stored.equals(loaded) || !principal.equals(loaded.principal)) {
      return this;
    }
    boolean changed = !stored.principal.equals(loaded.principal);
    boolean due = changed || (stored.renewalDue() && !loaded.renewalDue());
    return withPrincipal(stored.principal).withRenewalDue(due || renewalDue());
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
    return rest.device();
  }

  /** How long without a request until it ends, if that is not what the settings say. */
  public Optional<Duration> sliding() {
    return rest.sliding();
  }

  /** Whether its cookie outlives the browser, if that is not what the settings say. */
  public Optional<Boolean> permanentCookie() {
    return rest.permanentCookie();
  }

  /**
   * Whether the person's roles were changed since it got its id: its next commit gives it a new
   * one, and no alias opens it.
   */
  public boolean renewalDue() {
    return rest.renewalDue();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Envelope that
        && created.equals(that.created)
        && authenticated.equals(that.authenticated)
        && absoluteDeadline.equals(that.absoluteDeadline)
        && principal.equals(that.principal)
        && rest.equals(that.rest);
  }

  @Override
  public int hashCode() {
    return Objects.hash(created, authenticated, absoluteDeadline, principal, rest);
  }

  @Override
  public String toString() {
    return "Envelope[created=%s, authenticated=%s, absoluteDeadline=%s, principal=%s, %s]"
        .formatted(created, authenticated, absoluteDeadline, principal, rest);
  }
}
