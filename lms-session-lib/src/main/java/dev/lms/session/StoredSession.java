package dev.lms.session;

import java.time.Instant;
import java.util.Map;

/**
 * A session as a store holds it. Immutable.
 *
 * @param token what the browser sent to get it
 * @param handle the name that is not a credential: for logs, lists and revocation
 * @param envelope whose session it is and since when
 * @param deadline when it ends unless it is used again; never after the absolute deadline
 * @param attributes what the application keeps in it
 */
public record StoredSession(
    String token,
    String handle,
    Envelope envelope,
    Instant deadline,
    Map<String, String> attributes) {

  /** Copies the attributes. */
  public StoredSession {
    attributes = Map.copyOf(attributes);
  }

  @Override
  public String toString() {
    return "StoredSession[" + handle + "]";
  }
}
