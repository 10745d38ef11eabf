package dev.lms.session;

/** Why a session ended. */
public enum EndReason {
  /** {@link Session#end()}: its own person signed out, or another signs in over it. */
  SIGNED_OUT,
  /** {@link Sessions#revoke}, {@link Sessions#revokeOthers} or {@link Sessions#revokeAll}. */
  REVOKED,
  /** The {@link SessionLimit} of its person: the oldest made room for another. */
  LIMIT,
  /**
   * A deadline passed, and a request noticed. Most sessions expire without a request, and several
   * requests may notice the same.
   */
  EXPIRED,
  /**
   * An id that it had before a rotation was used again: {@link
   * SessionSettings.Rotation#reuseEndsSession}.
   */
  REUSED,
  /** {@link Sessions#purge()}. */
  PURGED
}
