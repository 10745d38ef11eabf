package dev.lms.session;

import java.util.Optional;

/**
 * The session that an event is about. Holds no credential. Immutable.
 *
 * @param handle its name in stores and logs
 * @param principalId whose session it is; empty for a stranger
 */
public record SessionEvent(String handle, Optional<String> principalId) {
  static SessionEvent of(String handle, Envelope envelope) {
    return new SessionEvent(handle, envelope.principal().map(Principal::id));
  }

  static SessionEvent of(StoredSession session) {
    return of(session.handle(), session.envelope());
  }
}
