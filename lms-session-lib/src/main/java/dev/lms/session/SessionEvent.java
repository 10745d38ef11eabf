// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.util.Optional;

/**
 * The session that an event is about. Holds no credential. Immutable.
 *
 * @param handle the session's handle, as stores and logs know it
 * @param principalId whose session it is; empty for an anonymous visitor
 */
public record SessionEvent(String handle, Optional<String> principalId) {
  static SessionEvent of(String handle, Envelope envelope) {
    return new SessionEvent(handle, envelope.principal().map(Principal::id));
  }

  static SessionEvent of(StoredSession session) {
    return of(session.handle(), session.envelope());
  }
}
