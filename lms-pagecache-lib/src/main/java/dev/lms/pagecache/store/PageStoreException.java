package dev.lms.pagecache.store;

/** The store of pages cannot be reached or does not work. An absent page is never an exception. */
public final class PageStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Reports an outage.
   *
   * @param message what could not be done, and the remedy
   * @param cause the client's exception
   */
  public PageStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
