package dev.lms.session;

/** What a store is asked to do. */
public enum StoreOperation {
  /** To find a session by its token. */
  LOAD,
  /** To begin one. */
  CREATE,
  /** To commit changes, or to move the deadline. */
  UPDATE,
  /** To give one a new id. */
  ROTATE,
  /** To end one. */
  DELETE,
  /** To list a person's sessions. */
  LIST,
  /** To end a person's sessions. */
  REVOKE,
  /** To count those that are live. */
  STATS,
  /** To end everybody's. */
  PURGE
}
