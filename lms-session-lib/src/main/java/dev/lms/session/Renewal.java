// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request has asked for that gives its session a new id. */
final class Renewal {
  private @Nullable Principal signingIn;
  private SignInOptions options = SignInOptions.defaults();
  private @Nullable Set<String> changedRoles;
  private boolean rotating;

  void signIn(Principal principal, SignInOptions options) {
    signingIn = principal;
    this.options = options;
  }

  void rotate() {
    rotating = true;
  }

  void changeRoles(Set<String> roles) {
    if (signingIn != null) {
      signingIn = new Principal(signingIn.id(), roles);
    } else {
      changedRoles = Set.copyOf(roles);
    }
  }

  Optional<Principal> signingIn() {
    return Optional.ofNullable(signingIn);
  }

  boolean isSignIn() {
    return signingIn != null;
  }

  boolean changesRoles() {
    return changedRoles != null;
  }

  /** Whether a new id is wanted, for whatever reason. */
  boolean isWanted() {
    return rotating || hasToBeKept();
  }

  /** Whether something is lost if it is not written; a new id alone is nothing. */
  boolean hasToBeKept() {
    return signingIn != null || changedRoles != null;
  }

  /** Whose session it is, with the roles they get. */
  Optional<Principal> principal(Envelope envelope) {
    Set<String> roles = changedRoles;
    return roles == null
        ? envelope.principal()
        : envelope.principal().map(person -> new Principal(person.id(), roles));
  }

  /** The envelope of a session that gets a new id. */
  Envelope renewed(Envelope old, Instant now, Lifetimes lifetimes) {
    if (signingIn != null) {
      return envelope(old.created(), now, lifetimes);
    }
    return old.withPrincipal(principal(old)).withRenewalDue(false);
  }

  /** The envelope of a session that begins, or whose person signs in, now. */
  Envelope envelope(Instant created, Instant now, Lifetimes lifetimes) {
    if (signingIn == null) {
      return new Envelope(
          created, Optional.empty(), now.plus(lifetimes.absolute()), Optional.empty());
    }
    Duration lasts = options.lifetimes().orElse(lifetimes).absolute();
    Envelope envelope =
        new Envelope(created, Optional.of(now), now.plus(lasts), Optional.of(signingIn))
            .withDevice(options.device());
    if (options.lifetimes().isPresent()) {
      envelope = envelope.withSliding(options.lifetimes().get().sliding());
    }
    if (options.permanentCookie().isPresent()) {
      envelope = envelope.withPermanentCookie(options.permanentCookie().get());
    }
    return envelope;
  }

  void clear() {
    changedRoles = null;
    signingIn = null;
    options = SignInOptions.defaults();
    rotating = false;
  }
}
