// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where sessions are kept. To write a store, implement this and run {@code SessionStoreContract} of
 * the library's {@code contract} artifact against it.
 *
 * <p>A store makes the token that goes into the cookie. One interface thus serves stores that keep
 * sessions on the server (the token is a signed id, see {@code SessionTokens} in {@code
 * dev.lms.session.store}) and the one that keeps them in the cookie (the token is the sealed
 * session). A store that knows whose sessions there are also implements {@link PrincipalIndex}; one
 * that notices what nobody else can also implements {@link Reporting}.
 *
 * <p>Every method is one atomic step, is thread-safe, and throws {@link SessionStoreException} only
 * if the store cannot be asked. An absent session is a value, not an exception. When a write
 * returns, the store has acknowledged it. A write whose answer was lost is not repeated unless the
 * store can tell its own work from that of others, because the repetition could undo what others
 * have had acknowledged since, or count twice; it throws instead.
 *
 * <p>The caller's {@code now} judges deadlines, at millisecond precision.
 */
public interface SessionStore extends AutoCloseable {
  /**
   * Names the session that a token is for, whether or not it exists. Asks no store.
   *
   * @param token what a browser sent
   * @return the handle, or empty if the token was not made with this store's keys
   */
  Optional<String> handle(String token);

  /**
   * Finds what a token opens: the session that it names, whether or not its deadline has passed. A
   * store that {@linkplain Capability#FOLLOWS_ROTATION follows rotations} finds the session under
   * its new id while the grace of the rotation lasts. A forged token is recognised without asking
   * the store.
   *
   * @param token what a browser sent
   * @param now the moment that judges the grace of a rotation
   * @return the session, {@link Opened#ABSENT} also for one that cannot be read, or {@link
   *     Opened.Reused}
   */
  Opened open(String token, Instant now);

  /**
   * Begins a session, within the {@linkplain WriteOptions#limit limit} of its principal if it has
   * one. Data and deadline are written together, so that nothing lives for ever when a process dies
   * in between. A store without a {@link PrincipalIndex} enforces no limit.
   *
   * @param envelope whose session it is, and until when it lives at most
   * @param attributes its attributes, by name
   * @param options the moment, the deadline and the limit
   * @return the session's token; empty, with nothing written, if the limit refuses another session
   */
  Optional<String> create(Envelope envelope, Map<String, String> attributes, WriteOptions options);

  /**
   * Applies changes to a session that still exists, and moves its deadline forward, never back. If
   * the session was rotated since it was loaded, and the grace of that rotation has not passed, the
   * changes reach it under its new id.
   *
   * @param session the session as it was loaded
   * @param changes what to write; {@link Changes#NONE} only moves the deadline
   * @param options the moment and the new deadline
   * @return the token from now on, usually the same; {@link Written#GONE} if the session has ended
   *     or its deadline has passed; {@link Written#CONFLICT} if it does not have what the changes
   *     expect
   * @throws IllegalStateException if a counter would overflow; nothing is written
   */
  Written update(StoredSession session, Changes changes, WriteOptions options);

  /**
   * {@linkplain #update Updates} a session under a new token and with a new envelope. Changes that
   * others committed since the session was loaded are kept. So are roles that its person was given
   * since, unless the envelope changes the person or the roles: {@link Envelope#over}.
   *
   * <p>Without a {@linkplain WriteOptions#grace grace} this is a sign-in or another change of
   * privilege, within the limit of the new envelope's principal: the old token opens nothing when
   * this returns. With a grace it is a rotation without a change of privilege, and the envelope is
   * the session's own: until the grace has passed the old token opens the session too, after that
   * its use is {@linkplain Opened.Reused reported}. If another request has just rotated the
   * session, such a rotation only updates it. A store that does not {@linkplain
   * Capability#FOLLOWS_ROTATION follow rotations} gives no grace.
   *
   * @param session the session as it was loaded
   * @param envelope whose session it is from now on
   * @param changes what to write to its attributes
   * @param options the moment, the new deadline, the limit and the grace
   * @return the new token; or why nothing was written, as {@link #update}, or {@link
   *     Written#REFUSED} if the limit refuses another session
   * @throws IllegalStateException if a counter would overflow; nothing is written
   */
  Written rotate(StoredSession session, Envelope envelope, Changes changes, WriteOptions options);

  /**
   * Ends the session that a token names, if it exists. No commit brings it back. A store that
   * {@linkplain Capability#FOLLOWS_ROTATION follows rotations} also ends what it was rotated into,
   * however long ago: a sign-out holds even if another request rotates the session at the same
   * time.
   *
   * @param token what a browser sent
   * @param loaded what the token was found to open before, if known: it may save the store a step
   * @param now the moment that judges deadlines
   * @return whether this call ended it: of several concurrent calls, one returns true. False also
   *     if the answer was lost, and the session no longer existed when the call was repeated
   */
  boolean delete(String token, Optional<StoredSession> loaded, Instant now);

  /** {@return what this store promises beyond the common contract} */
  Set<Capability> capabilities();

  /**
   * Releases what the store itself opened, such as threads and file locks. A client that the caller
   * opened stays open.
   */
  @Override
  default void close() {}

  /**
   * A promise beyond the common contract. The contract tests read it, and so should a program that
   * depends on one of these.
   */
  enum Capability {
    /**
     * Commits of parallel requests are merged attribute by attribute and counters lose nothing;
     * without it, the last commit to arrive at the browser wins whole.
     */
    MERGES_CONCURRENT_CHANGES,

    /**
     * A commit whose {@link Changes#expected} no longer holds is refused, in the same atomic step;
     * without it, {@link Merge#REJECT} is no more than {@link Merge#LAST_WRITE}.
     */
    DETECTS_CONFLICTS,

    /**
     * The store remembers what an id was rotated into: signing out with the old id ends the new
     * one, an alias may live for requests under way, and later use is reported. Without it, the old
     * id is dead at once and nothing is remembered of it.
     */
    FOLLOWS_ROTATION
  }

  /**
   * A store that notices what nobody else can, and that wants to know of an outage. {@link
   * Sessions} recognises it by a type test, once.
   */
  interface Reporting {
    /**
     * Sets the listener for what only the store can notice: {@linkplain SessionListener#unreadable
     * unreadable} sessions, and those that {@linkplain SessionListener#ended ended} because of a
     * {@linkplain EndReason#LIMIT limit}. Called once, before the store is used.
     *
     * @param listener the listener to tell; thread-safe
     */
    void reportTo(SessionListener listener);

    /**
     * Called when the breaker opens: too many calls got no answer in time, so this store is not
     * asked for a moment. Calls that queue inside the store may fail now. Must not block.
     */
    default void outageBegan() {}
  }

  /**
   * A store whose tokens are valid in one cookie only. {@link Sessions} recognises it by a type
   * test, once, and refuses settings that send another cookie.
   */
  interface ForOneCookie {
    /** {@return the name of that cookie} */
    String cookieName();
  }
}
