package dev.lms.session;

/**
 * The store could not be asked: an outage. A session that is not there is never an exception.
 * Nothing was acknowledged; a write may or may not have happened.
 */
public final class SessionStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An outage, said in words an operator can act on. */
  public SessionStoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /** An outage without a cause of its own, such as a lock that was not to be had in time. */
  public SessionStoreException(String message) {
    super(message);
  }

  private SessionStoreException(String message, boolean withTrace) {
    super(message, null, false, withTrace);
  }

  /** The store was not asked because it does not answer. Made by the thousand: without a trace. */
  static SessionStoreException notAsked() {
    return new SessionStoreException(
        "the session store does not answer and is not asked for a moment", false);
  }
}
