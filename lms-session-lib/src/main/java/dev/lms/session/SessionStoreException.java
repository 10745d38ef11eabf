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
}
