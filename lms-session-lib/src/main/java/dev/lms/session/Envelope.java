// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows of a session besides its attributes: whose it is, since when and until when at
 * most. It changes only when the session gets a new id, or its person other roles. Immutable.
 */
public final class Envelope {
  private final Instant created;
  private final Optional<Instant> authenticated;
  private final Instant absoluteDeadline;
  private final Optional<Principal> principal;
  private final Rest rest;

  /**
   * Creates an envelope with an unknown device and the lifetimes of the site's settings.
   *
   * @param created when the session began, under whatever id
   * @param authenticated when the person last proved who they are; empty for an anonymous visitor
   * @param absoluteDeadline when it ends whatever happens (OWASP ASVS 7.3.2)
   * @param principal whose session it is; empty for an anonymous visitor
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

  /**
   * {@return this envelope with the device of the sign-in} A store without a {@link PrincipalIndex}
   * may drop it.
   *
   * @param other what the person signed in with
   */
  public Envelope withDevice(Device other) {
    return with(new Rest(other, rest.sliding(), rest.permanentCookie(), rest.renewalDue()));
  }

  /**
   * {@return this envelope with a sliding lifetime of its own, instead of the one in the site's
   * settings}
   *
   * @param other how long the session lives without a request
   */
  public Envelope withSliding(Duration other) {
    return with(
        new Rest(rest.device(), Optional.of(other), rest.permanentCookie(), rest.renewalDue()));
  }

  /**
   * {@return this envelope with a cookie that outlives the browser or not, whatever the site's
   * settings say}
   *
   * @param permanent whether it does
   */
  public Envelope withPermanentCookie(boolean permanent) {
    return with(new Rest(rest.device(), rest.sliding(), Optional.of(permanent), rest.renewalDue()));
  }

  /**
   * {@return this envelope with a new id due, or not} See {@link #renewalDue()}.
   *
   * @param due whether it is
   */
  public Envelope withRenewalDue(boolean due) {
    return with(new Rest(rest.device(), rest.sliding(), rest.permanentCookie(), due));
  }

  private Envelope with(Rest other) {
    return new Envelope(created, authenticated, absoluteDeadline, principal, other);
  }

  /**
   * {@return this envelope with another person, or with the same person in other roles}
   *
   * @param other whose session it is; empty for an anonymous visitor
   */
  public Envelope withPrincipal(Optional<Principal> other) {
    return new Envelope(created, authenticated, absoluteDeadline, other, rest);
  }

  /**
   * {@return this envelope with its person in other roles and a new id due; unchanged if they have
   * these roles already, or if there is no person} {@link PrincipalIndex#changeRoles} writes it.
   *
   * @param roles all roles the person has from now on
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
   * {@return what {@link SessionStore#rotate} writes when it is asked to write this envelope} If
   * this envelope changes neither the person nor their roles, it keeps the roles that others gave
   * the person since the session was loaded.
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

  /** {@return when the session began, under whatever id} */
  public Instant created() {
    return created;
  }

  /** {@return when the person last proved who they are; empty for an anonymous visitor} */
  public Optional<Instant> authenticated() {
    return authenticated;
  }

  /** {@return when the session ends whatever happens} */
  public Instant absoluteDeadline() {
    return absoluteDeadline;
  }

  /** {@return whose session it is; empty for an anonymous visitor} */
  public Optional<Principal> principal() {
    return principal;
  }

  /** {@return what the person signed in with} */
  public Device device() {
    return rest.device();
  }

  /**
   * {@return how long the session lives without a request; empty for what the site's settings say}
   */
  public Optional<Duration> sliding() {
    return rest.sliding();
  }

  /** {@return whether the cookie outlives the browser; empty for what the site's settings say} */
  public Optional<Boolean> permanentCookie() {
    return rest.permanentCookie();
  }

  /**
   * {@return whether the person's roles were changed since the session got its id} If so, its next
   * commit gives it a new one, and no alias opens it.
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
