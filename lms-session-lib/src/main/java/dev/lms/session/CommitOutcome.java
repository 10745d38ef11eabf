// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

/** The result of a {@linkplain Session#commit() commit}. */
public enum CommitOutcome {
  /** There was nothing to write. */
  UNCHANGED,
  /** The store has acknowledged every change. */
  STORED,
  /** The session had ended; nothing was written, and the session does not come back. */
  GONE,
  /**
   * Another request changed an attribute with {@link Merge#REJECT} in the meantime; nothing was
   * written. The session now shows what is stored: decide again, or ask the person.
   */
  CONFLICT,
  /**
   * The person has as many sessions as the {@link SessionLimit} allows; nothing was written, and
   * nobody was signed in.
   */
  REFUSED
}
