package dev.lms.session;

/** What became of a {@linkplain Session#commit() commit}. */
public enum Outcome {
  /** There was nothing to write. */
  UNCHANGED,
  /** The store has acknowledged every change. */
  STORED,
  /** The session ended meanwhile; nothing was written and nothing comes back. */
  GONE,
  /** The person has as many sessions as allowed; nothing was written, nobody was signed in. */
  REFUSED
}
