// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One of a person's sessions, as a list shows it. Nothing in it is a credential. Immutable. */
public final class SessionInfo {
  private final String handle;
  private final Envelope envelope;
  private final Instant lastSeen;
  private final Instant expires;

  /**
   * Creates what a store tells about a session.
   *
   * @param handle its handle
   * @param envelope whose session it is and since when
   * @param lastSeen when it was last used
   * @param expires when it ends unless it is used again
   */
  public SessionInfo(String handle, Envelope envelope, Instant lastSeen, Instant expires) {
    this.handle = handle;
    this.envelope = envelope;
    this.lastSeen = lastSeen;
    this.expires = expires;
  }

  /**
   * {@return the session's name, for {@link Sessions#revoke}; equals its {@link Session#handle()}}
   */
  public String handle() {
    return handle;
  }

  /** {@return what the person signed in with} */
  public Device device() {
    return envelope.device();
  }

  /** {@return when the session began, which may be before the sign-in} */
  public Instant created() {
    return envelope.created();
  }

  /** {@return when the person last proved who they are} */
  public Instant signedIn() {
    return envelope.authenticated().orElse(envelope.created());
  }

  /**
   * {@return when the session was last used, to within a minute} Once its absolute deadline is
   * closer than its sliding lifetime, this no longer moves.
   */
  public Instant lastSeen() {
    return lastSeen;
  }

  /** {@return when the session ends unless it is used again} */
  public Instant expires() {
    return expires;
  }

  /** {@return when the session ends whatever happens} */
  public Instant absoluteDeadline() {
    return envelope.absoluteDeadline();
  }

  /**
   * {@return whether the person asked to be remembered on this device: {@link SignInOptions} made
   * the cookie outlive the browser}
   */
  public boolean remembered() {
    return envelope.permanentCookie().orElse(false);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SessionInfo that
        && handle.equals(that.handle)
        && envelope.equals(that.envelope)
        && lastSeen.equals(that.lastSeen)
        && expires.equals(that.expires);
  }

  @Override
  public int hashCode() {
    return Objects.hash(handle, envelope, lastSeen, expires);
  }

  @Override
  public String toString() {
    return "SessionInfo[%s, %s, signedIn=%s, lastSeen=%s, expires=%s]"
        .formatted(handle, device(), signedIn(), lastSeen, expires);
  }
}
