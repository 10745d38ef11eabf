// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A {@link SessionStore} that knows whose sessions there are, so that they can be listed, revoked,
 * limited and counted, and their roles changed. {@link Sessions} recognises it by a type test,
 * once. Thread-safe; every method throws {@link SessionStoreException} only if the store cannot be
 * asked.
 */
public interface PrincipalIndex {
  /**
   * How many sessions {@link #list} reads at first; of those who have more, up to 16 times that.
   */
  int PAGE = 100;

  /**
   * Some of a person's sessions.
   *
   * @param sessions the latest sign-in first
   * @param next where the next page begins, for {@link #page}; empty if this is the last one
   */
  record Page(List<SessionInfo> sessions, Optional<String> next) {
    /** Copies the list. */
    public Page {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * Lists some of a person's live sessions; reads no attributes. A session that gets a new id, or
   * signs in, between two pages may be on both or on neither.
   *
   * @param principalId the person's id
   * @param from the previous page's {@linkplain Page#next next}; empty for the first page
   * @param most how many sessions a page holds; at least 1
   * @param now the moment that judges deadlines
   * @return the sessions, the latest sign-in first, and where the next page begins
   * @throws IllegalArgumentException if {@code from} came from no page, or {@code most} is less
   *     than 1
   */
  Page page(String principalId, Optional<String> from, int most, Instant now);

  /**
   * Lists all live sessions of a person, page by page, each larger than the one before: a page may
   * cost a look at all that the person has.
   *
   * @param principalId the person's id
   * @param now the moment that judges deadlines
   * @return the latest sign-in first
   */
  default List<SessionInfo> list(String principalId, Instant now) {
    List<SessionInfo> all = new ArrayList<>();
    int most = PAGE;
    Page page = page(principalId, Optional.empty(), most, now);
    all.addAll(page.sessions());
    while (page.next().isPresent()) {
      most = Math.min(4 * most, 16 * PAGE);
      page = page(principalId, page.next(), most, now);
      all.addAll(page.sessions());
    }
    return all;
  }

  /**
   * Ends one session of a person, under any handle that it has or had since they signed in.
   *
   * @param principalId the person's id
   * @param handle the session's handle
   * @param now the moment that judges deadlines
   * @return false if the person has no live session of this handle
   */
  boolean revoke(String principalId, String handle, Instant now);

  /**
   * Ends every session of a person. Every sign-in that completed before this returns is ended; one
   * that completes while this runs may count as completed before it.
   *
   * @param principalId the person's id
   * @param except the handle of a session to keep, if any, even if it is rotated meanwhile
   * @param now the moment that judges deadlines
   * @return how many live sessions ended
   */
  int revokeAll(String principalId, Optional<String> except, Instant now);

  /**
   * Gives a person other roles in all their sessions. When this returns, every session whose
   * sign-in had completed has them, on every worker, and {@linkplain Envelope#renewalDue a new id
   * is due}. No rotation under way brings the old roles back ({@link Envelope#over}). A sign-in
   * under way gets the new roles too, begins no session, or completes later.
   *
   * @param principalId the person's id
   * @param roles all roles the person has from now on
   * @param now the moment that judges deadlines
   * @return how many live sessions had other roles before
   */
  int changeRoles(String principalId, Set<String> roles, Instant now);

  /**
   * Counts the live sessions; reads every one.
   *
   * @param now the moment that judges deadlines
   * @return how many sessions are live, and how many entries could not be read
   */
  SessionCensus stats(Instant now);

  /**
   * Ends every session of everybody. Sessions that begin while this runs may survive.
   *
   * @param now the moment that judges deadlines
   * @return how many live sessions ended
   */
  long purge(Instant now);
}
