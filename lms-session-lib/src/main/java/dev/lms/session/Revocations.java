package dev.lms.session;

import java.time.Instant;

/**
 * Remembers which sealed cookies were signed out, until they would have ended anyway. Without one,
 * a copied cookie lives on after sign-out. Thread-safe; throws {@link SessionStoreException} when
 * the list cannot be reached.
 */
public interface Revocations {
  /** Revokes the session with this handle. Remembered until {@code until}, or longer. */
  void revoke(String handle, Instant until, Instant now);

  /** Whether the session with this handle was revoked, by any worker that shares the list. */
  boolean isRevoked(String handle);
}
