package dev.lms.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@link SessionStore} does that knows whose sessions there are: they can be listed,
 * revoked, limited and counted, and their roles changed. {@link Sessions} finds it by a type test,
 * once. Thread-safe; throws {@link SessionStoreException} only when the store cannot be asked.
 */
public interface PrincipalIndex {
  /** So many sessions a page, where all are asked for. */
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
   * Some of the live sessions of the person with this id, the latest sign-in first. Reads no
   * attributes. A session that gets a new id, or signs in, between two pages may be on both or on
   * neither.
   *
   * @param from what the page before said is {@linkplain Page#next next}; empty for the first
   * @param most how many; at least 1
   * @throws IllegalArgumentException if {@code from} is no page's, or {@code most} is less than 1
   */
  Page page(String principalId, Optional<String> from, int most, Instant now);

  /** All live sessions of the person with this id, the latest sign-in first. */
  default List<SessionInfo> list(String principalId, Instant now) {
    List<SessionInfo> all = new ArrayList<>();
    Page page = page(principalId, Optional.empty(), PAGE, now);
    all.addAll(page.sessions());
    while (page.next().isPresent()) {
      page = page(principalId, page.next(), PAGE, now);
      all.addAll(page.sessions());
    }
    return all;
  }

  /**
   * Ends one session of a person, under any name that it has or had since they signed in.
   *
   * @return false if the person has no live session of this handle
   */
  boolean revoke(String principalId, String handle, Instant now);

  /**
   * Ends every session of a person. Every sign-in that completed before this returns is ended: one
   * that completes while this runs may be taken as made before it.
   *
   * @param except the handle of a session to keep, if any, also if it is rotated meanwhile
   * @return how many live sessions ended
   */
  int revokeAll(String principalId, Optional<String> except, Instant now);

  /**
   * Gives a person other roles in all their sessions: when this returns, every one whose sign-in
   * had completed has them, on every worker, and a {@linkplain Envelope#renewalDue new id due}. No
   * rotation that was under way brings the old roles back ({@link Envelope#over}). Of a sign-in
   * that was under way, either the roles it brings are found and changed too, or it begins no
   * session, or it completes later.
   *
   * @return how many live sessions had other roles before
   */
  int changeRoles(String principalId, Set<String> roles, Instant now);

  /** How many sessions are live. Looks at every one. */
  SessionCensus stats(Instant now);

  /**
   * Ends every session of everybody. Those that begin while this runs may stay.
   *
   * @return how many live sessions ended
   */
  long purge(Instant now);
}
