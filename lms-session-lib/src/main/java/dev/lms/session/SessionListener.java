// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Receives what happens to sessions: for audit logs and alarms (OWASP ASVS 16.3). Override what you
 * need, and pass it to {@link Sessions.Builder#listener}.
 *
 * <p>Many threads call it at once, each after the store has acknowledged its request's change:
 * return quickly. What a listener throws is logged and changes nothing. Each process reports only
 * what its own requests did.
 */
public interface SessionListener {
  /**
   * A session began.
   *
   * @param session the new session
   */
  default void created(SessionEvent session) {}

  /**
   * A session got a new id, by a sign-in, a change of roles or {@link Session#rotate()}.
   *
   * @param session the session under its new handle
   * @param oldHandle its handle before
   */
  default void rotated(SessionEvent session, String oldHandle) {}

  /**
   * An id that a session had before its rotation came back later: somebody may have copied it.
   *
   * @param session the old handle, without a principal: an old id does not tell whose it was
   */
  default void reused(SessionEvent session) {}

  /**
   * A session ended.
   *
   * @param session the session
   * @param why the reason
   */
  default void ended(SessionEvent session, EndReason why) {}

  /**
   * Several sessions ended together; the store does not tell their handles.
   *
   * @param principalId whose they were; empty for everybody's
   * @param sessions how many were live
   * @param why the reason
   */
  default void endedTogether(Optional<String> principalId, long sessions, EndReason why) {}

  /**
   * A person's roles were changed in all their sessions: {@link Sessions#changeRoles}.
   *
   * @param principalId the person's id
   * @param roles all roles the person has from now on
   * @param sessions how many live sessions had other roles before
   */
  default void rolesChanged(String principalId, Set<String> roles, int sessions) {}

  /**
   * A commit was refused because of {@link Merge#REJECT}: {@link CommitOutcome#CONFLICT}.
   *
   * @param session the session, unchanged
   */
  default void conflict(SessionEvent session) {}

  /**
   * A commit met a session that had ended: {@link CommitOutcome#GONE}.
   *
   * @param session the ended session
   */
  default void gone(SessionEvent session) {}

  /**
   * A cookie came that was not made with this site's keys: forged, damaged, or older than the keys.
   */
  default void tampered() {}

  /**
   * A stored session cannot be read, and counts as absent.
   *
   * @param handle the session's handle
   */
  default void unreadable(String handle) {}

  /**
   * The store failed so often that the breaker opened: only one probe at a time asks it from now
   * on.
   *
   * @param cause the last failure
   */
  default void outageBegan(SessionStoreException cause) {}

  /**
   * A request went on as a person although the store could not be asked: {@link
   * OutagePolicy#PASSPORT}.
   *
   * @param session the session that its passport names, which may have ended
   */
  default void onPassport(SessionEvent session) {}

  /**
   * A probe was answered; all calls reach the store again.
   *
   * @param lasted how long the outage lasted
   */
  default void outageEnded(Duration lasted) {}
}
