// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import org.jspecify.annotations.Nullable;

/**
 * Says that the store could not be asked: because of an outage, or of something about this one call
 * that the message names, such as an interrupt (the thread's interrupt status is then still set).
 * An absent session is never an exception. Nothing was acknowledged; a write may or may not have
 * happened.
 */
public final class SessionStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Whether other calls must be expected to fail as well. */
  private final boolean outage;

  /**
   * Creates the exception for an outage.
   *
   * @param message what an operator can act on
   * @param cause what the store's client threw
   */
  public SessionStoreException(String message, Throwable cause) {
    super(message, cause);
    this.outage = true;
  }

  /**
   * Creates the exception for an outage without a cause, such as a lock that was not free in time.
   *
   * @param message what an operator can act on
   */
  public SessionStoreException(String message) {
    super(message);
    this.outage = true;
  }

  private SessionStoreException(
      String message, @Nullable Throwable cause, boolean outage, boolean withTrace) {
    super(message, cause, withTrace, withTrace);
    this.outage = outage;
  }

  /**
   * Creates the exception for a problem of this call alone, such as an interrupt: it says nothing
   * about other calls, so the breaker does not count it. For authors of stores.
   *
   * @param message what happened
   * @param cause what was thrown; null for none
   * @return an exception that is no {@linkplain #isOutage outage}
   */
  public static SessionStoreException ofThisCall(String message, @Nullable Throwable cause) {
    return new SessionStoreException(message, cause, false, true);
  }

  /**
   * {@return whether other calls must be expected to fail as well, so that the breaker counts it}
   */
  public boolean isOutage() {
    return outage;
  }

  /** The store was not asked because it does not answer. Made by the thousand: without a trace. */
  static SessionStoreException notAsked() {
    return new SessionStoreException(
        "the session store does not answer and is not asked for a moment", null, true, false);
  }
}
