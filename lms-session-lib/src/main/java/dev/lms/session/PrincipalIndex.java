package dev.lms.session;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link SessionStore} does that knows whose sessions there are: they can be listed,
 * revoked, limited and counted. {@link Sessions} finds it by a type test, once. Thread-safe; throws
 * {@link SessionStoreException} only when the store cannot be asked.
 */
public interface PrincipalIndex {
  /** The live sessions of the person with this id, the latest sign-in first. */
  List<SessionInfo> list(String principalId, Instant now);

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

  /** How many sessions are live. Looks at every one. */
  SessionCensus stats(Instant now);

  /**
   * Ends every session of everybody. Those that begin while this runs may stay.
   *
   * @return how many live sessions ended
   */
  long purge(Instant now);
}
