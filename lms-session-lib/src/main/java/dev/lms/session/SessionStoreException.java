package dev.lms.session;

import org.jspecify.annotations.Nullable;

/**
 * The store could not be asked: an outage, or something about this one call that the message names,
 * such as an interrupt (the thread's interrupt status is still set then). A session that is not
 * there is never an exception. Nothing was acknowledged; a write may or may not have happened.
 */
public final class SessionStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean outage;

  /** An outage, said in words an operator can act on. */
  public SessionStoreException(String message, Throwable cause) {
    super(message, cause);
    this.outage = true;
  }

  /** An outage without a cause of its own, such as a lock that was not to be had in time. */
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
   * Something about this call, such as an interrupt, from which nothing follows for others: it does
   * not count as an outage. For authors of stores.
   */
  public static SessionStoreException ofThisCall(String message, @Nullable Throwable cause) {
    return new SessionStoreException(message, cause, false, true);
  }

  public boolean isOutage() {
    return outage;
  }

  /** The store was not asked because it does not answer. Made by the thousand: without a trace. */
  static SessionStoreException notAsked() {
    return new SessionStoreException(
        "the session store does not answer and is not asked for a moment", null, true, false);
  }
}
