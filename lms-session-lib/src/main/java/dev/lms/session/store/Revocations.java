package dev.lms.session.store;

import dev.lms.session.SessionStoreException;
import java.time.Instant;

/**
 * Remembers which sealed cookies were signed out, until they would have ended anyway. Without one,
 * a copied cookie lives on after sign-out. Thread-safe; throws {@link SessionStoreException} when
 * the list cannot be reached.
 */
public interface Revocations {
  /**
   * Revokes the session with this handle, in one atomic step. Remembered until {@code until}, or
   * longer.
   *
   * @return false if it was revoked already: of several calls for one handle, on any worker, one
   *     returns true
   */
  boolean revoke(String handle, Instant until, Instant now);

  /** Whether the session with this handle was revoked, by any worker that shares the list. */
  boolean isRevoked(String handle);
}
