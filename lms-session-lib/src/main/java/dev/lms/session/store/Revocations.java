// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.SessionStoreException;
import java.time.Instant;

/**
 * Remembers which sealed cookies were signed out, until they would have expired. Without one, a
 * copied cookie lives on after the sign-out. Thread-safe; every method throws {@link
 * SessionStoreException} if the list cannot be reached.
 */
public interface Revocations {
  /**
   * Revokes a session in one atomic step.
   *
   * @param handle the session's handle
   * @param until until when it is remembered, or longer
   * @param now the present moment
   * @return false if it was revoked already: of several calls for one handle, on any worker, one
   *     returns true
   */
  boolean revoke(String handle, Instant until, Instant now);

  /**
   * {@return whether a session was revoked, by any worker that shares the list}
   *
   * @param handle the session's handle
   */
  boolean isRevoked(String handle);
}
