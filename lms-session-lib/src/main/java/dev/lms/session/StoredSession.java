package dev.lms.session;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A session as a store holds it. Immutable. */
public final class StoredSession {
  private final String token;
  private final String handle;
  private final Envelope envelope;
  private final Instant deadline;
  private final Map<String, String> attributes;

  /**
   * Without attributes.
   *
   * @param token what the browser sent to get it
   * @param handle the name that is not a credential: for logs, lists and revocation
   * @param envelope whose session it is and since when
   * @param deadline when it ends unless it is used again; never after the absolute deadline
   */
  public StoredSession(String token, String handle, Envelope envelope, Instant deadline) {
    this(token, handle, envelope, deadline, Map.of());
  }

  private StoredSession(
      String token,
      String handle,
      Envelope envelope,
      Instant deadline,
      Map<String, String> attributes) {
    this.token = token;
    this.handle = handle;
    this.envelope = envelope;
    this.deadline = deadline;
    this.attributes = attributes;
  }

  /** With what the application keeps in it; copied. */
  public StoredSession withAttributes(Map<String, String> other) {
    return new StoredSession(token, handle, envelope, deadline, Map.copyOf(other));
  }

  /** What the browser sent to get it: a credential. */
  public String token() {
    return token;
  }

  /** The name that is not a credential. */
  public String handle() {
    return handle;
  }

  /** Whose session it is and since when. */
  public Envelope envelope() {
    return envelope;
  }

  /** When it ends unless it is used again. */
  public Instant deadline() {
    return deadline;
  }

  /** What the application keeps in it. */
  public Map<String, String> attributes() {
    return attributes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoredSession that
        && token.equals(that.token)
        && handle.equals(that.handle)
        && envelope.equals(that.envelope)
        && deadline.equals(that.deadline)
        && attributes.equals(that.attributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(token, handle, envelope, deadline, attributes);
  }

  @Override
  public String toString() {
    return "StoredSession[" + handle + "]";
  }
}
