// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

/** Why a session ended. */
public enum EndReason {
  /** {@link Session#end()}: the person signed out, or somebody else signed in over the session. */
  SIGNED_OUT,
  /** {@link Sessions#revoke}, {@link Sessions#revokeOthers} or {@link Sessions#revokeAll}. */
  REVOKED,
  /** The {@link SessionLimit} of the person: the oldest session made room for a new one. */
  LIMIT,
  /**
   * A deadline passed, and a request noticed. Most sessions expire unnoticed, and several requests
   * may notice the same one.
   */
  EXPIRED,
  /**
   * An id from before a rotation was used again: {@link SessionSettings.Rotation#reuseEndsSession}.
   */
  REUSED,
  /** {@link Sessions#purge()}. */
  PURGED
}
