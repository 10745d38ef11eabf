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
   * What a store tells of a session.
   *
   * @param handle its name
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

  /** Its name, for {@link Sessions#revoke}; the one that {@link Session#handle()} tells. */
  public String handle() {
    return handle;
  }

  /** What the person signed in with. */
  public Device device() {
    return envelope.device();
  }

  /** When the session began, perhaps before the sign-in. */
  public Instant created() {
    return envelope.created();
  }

  /** When the person last proved who they are. */
  public Instant signedIn() {
    return envelope.authenticated().orElse(envelope.created());
  }

  /**
   * When it was last used, to within a minute; in the last sliding lifetime before its absolute
   * deadline, when that stretch began.
   */
  public Instant lastSeen() {
    return lastSeen;
  }

  /** When it ends unless it is used again. */
  public Instant expires() {
    return expires;
  }

  /** When it ends whatever happens. */
  public Instant absoluteDeadline() {
    return envelope.absoluteDeadline();
  }

  /**
   * Whether the person asked to be remembered here: whether its cookie outlives the browser because
   * {@link SignInOptions} say so.
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
