package dev.lms.session;

/** What became of a {@linkplain Session#commit() commit}. */
public enum CommitOutcome {
  /** There was nothing to write. */
  UNCHANGED,
  /** The store has acknowledged every change. */
  STORED,
  /** The session ended meanwhile; nothing was written and nothing comes back. */
  GONE,
  /**
   * Another request has changed an attribute that {@linkplain Merge#REJECT must not be overwritten
   * unseen}; nothing was written. The session shows what is stored now: look again, or ask the
   * person.
   */
  CONFLICT,
  /** The person has as many sessions as allowed; nothing was written, nobody was signed in. */
  REFUSED
}
