// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
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
   * Creates a session without attributes.
   *
   * @param token what the browser sent to open it: a credential
   * @param handle its name in logs, lists and revocations, which is not a credential
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

  /**
   * {@return this session with other attributes}
   *
   * @param other the attributes by name, which are copied
   */
  public StoredSession withAttributes(Map<String, String> other) {
    return new StoredSession(token, handle, envelope, deadline, Map.copyOf(other));
  }

  /** {@return what the browser sent to open it: a credential} */
  public String token() {
    return token;
  }

  /** {@return its name in logs, lists and revocations, which is not a credential} */
  public String handle() {
    return handle;
  }

  /** {@return whose session it is and since when} */
  public Envelope envelope() {
    return envelope;
  }

  /** {@return when it ends unless it is used again} */
  public Instant deadline() {
    return deadline;
  }

  /** {@return its attributes by name, in an unmodifiable map} */
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
