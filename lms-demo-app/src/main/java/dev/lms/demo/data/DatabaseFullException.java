package dev.lms.demo.data;

/** There is no space left for what was to be written; nothing was. What is there can be read. */
public final class DatabaseFullException extends DatabaseException {
  private static final long serialVersionUID = 1L;

  DatabaseFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
