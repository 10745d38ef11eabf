package dev.lms.session;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Is told what happens to sessions: for audit logs and alarms (OWASP ASVS 16.3). Implement what is
 * of interest, and give it to {@link Sessions}.
 *
 * <p>Called after the store has acknowledged, on the thread of the request, by many threads at
 * once: return quickly. What a listener throws is logged and changes nothing. Each process tells
 * only of what its own requests did.
 */
public interface SessionListener {
  /** A session began. */
  default void created(SessionEvent session) {}

  /**
   * A session got a new id, by a sign-in or {@link Session#rotate()}.
   *
   * @param session as it is now
   * @param oldHandle what it was called before
   */
  default void rotated(SessionEvent session, String oldHandle) {}

  /**
   * An id that a session had before its rotation came back later: somebody may have copied it.
   *
   * @param session its old name; whose it is, an old id does not tell
   */
  default void reused(SessionEvent session) {}

  /** A session ended. */
  default void ended(SessionEvent session, EndReason why) {}

  /**
   * Sessions ended together, whose handles the store does not tell.
   *
   * @param principalId whose they were; empty for everybody's
   * @param sessions how many were live
   */
  default void endedTogether(Optional<String> principalId, long sessions, EndReason why) {}

  /**
   * A person's roles were changed in all their sessions: {@link Sessions#changeRoles}.
   *
   * @param sessions how many live ones had other roles before
   */
  default void rolesChanged(String principalId, Set<String> roles, int sessions) {}

  /** A commit was refused because of {@link Merge#REJECT}: {@link CommitOutcome#CONFLICT}. */
  default void conflict(SessionEvent session) {}

  /** A commit met a session that had ended meanwhile ({@link CommitOutcome#GONE}). */
  default void gone(SessionEvent session) {}

  /** A cookie came that was not made with our keys: forged, damaged, or older than the keys. */
  default void tampered() {}

  /**
   * What is stored under this handle cannot be read, and counts as absent.
   *
   * @param handle the session's name
   */
  default void unreadable(String handle) {}

  /** The store failed so often that it is not asked any more, but for one probe at a time. */
  default void outageBegan(SessionStoreException cause) {}

  /** A probe was answered; the store is asked again. */
  default void outageEnded(Duration lasted) {}
}
