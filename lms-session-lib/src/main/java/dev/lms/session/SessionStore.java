package dev.lms.session;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where sessions are kept. Write one by extending the contract tests in this library's test-jar.
 *
 * <p>A store makes the token that goes into the cookie, so one interface serves stores that keep
 * sessions on the server (the token is a signed id, see {@code SessionTokens} in {@code
 * dev.lms.session.store}) and the one that keeps them in the cookie (the token is the sealed
 * session). A store that knows whose sessions there are implements {@link PrincipalIndex} as well,
 * and one that notices what nobody else can {@link Reporting}.
 *
 * <p>Every method is one atomic step, thread-safe, and throws {@link SessionStoreException} only
 * when the store cannot be asked. What is not there is a value. When a write returns, the store has
 * acknowledged it. A write whose fate is unknown, because the answer was lost, is not tried again
 * unless it can tell its own work from that of others: it would undo what others have had
 * acknowledged since, or count twice. It throws.
 *
 * <p>Time is the caller's: deadlines are judged by the {@code now} that is passed in, at
 * millisecond precision.
 */
public interface SessionStore extends AutoCloseable {
  /**
   * The handle of the session that this token is for, whether or not there is one. Asks nobody.
   *
   * @return empty if the token was not made with our keys
   */
  Optional<String> handle(String token);

  /**
   * What this token opens at this moment: the session that it names, whether or not its deadline
   * has passed, or, in a store that {@linkplain Capability#FOLLOWS_ROTATION follows rotations}, the
   * one that it was rotated into, within the grace of that rotation. A forged token is found
   * without asking the store, and what cannot be read is {@linkplain Opened#ABSENT absent}.
   */
  Opened open(String token, Instant now);

  /**
   * Begins a session, within the {@linkplain WriteOptions#limit limit} of its principal if it has
   * one. Data and deadline are written together: nothing may live for ever because a process died
   * in between. A store without a {@link PrincipalIndex} knows no limit.
   *
   * @return its token; empty, and nothing written, if the limit refuses another session
   */
  Optional<String> create(Envelope envelope, Map<String, String> attributes, WriteOptions options);

  /**
   * Applies changes to a session that is still there, and moves its deadline forward (never back).
   * If the session was rotated since it was loaded, and the grace of that rotation has not passed,
   * the changes reach it under its new id.
   *
   * @return the token from now on, usually the same; {@link Written#GONE} if the session has ended
   *     or its deadline has passed; {@link Written#CONFLICT} if it is not as the changes expect
   * @throws IllegalStateException if a counter would overflow; nothing is written
   */
  Written update(StoredSession session, Changes changes, WriteOptions options);

  /**
   * {@link #update Updates} a session under a new token and with a new envelope. Changes that
   * others committed since the session was loaded are kept; so are roles that its person was given
   * since, unless the envelope changes the person or the roles: {@link Envelope#over}.
   *
   * <p>Without a {@linkplain WriteOptions#grace grace} this is a sign-in or another change of
   * privilege, within the limit of the new envelope's principal: the old token opens nothing when
   * this returns. With one it is a rotation without a change of privilege, and the envelope is the
   * session's own: until the grace has passed the old token opens the session too, after that its
   * use is {@linkplain Opened.Reused reported}; if another request has just rotated the session,
   * this one only updates it. A store that does not {@linkplain Capability#FOLLOWS_ROTATION follow
   * rotations} allows no grace.
   *
   * @return the new token; or why nothing was written, as {@link #update}, or {@link
   *     Written#REFUSED} if the limit refuses another session
   */
  Written rotate(StoredSession session, Envelope envelope, Changes changes, WriteOptions options);

  /**
   * Ends the session this token names, if it is there. No commit brings it back. A store that
   * {@linkplain Capability#FOLLOWS_ROTATION follows rotations} also ends what it was rotated into,
   * however long ago: whoever signs out while another request rotates has signed out.
   *
   * @param loaded what the token was found to open before, if known: it may spare the store a step
   * @return whether this call ended it: of several at the same moment one is told so. False also if
   *     the answer to it was lost, and it was there no more when it was tried again
   */
  boolean delete(String token, Optional<StoredSession> loaded, Instant now);

  /** What this store promises beyond the common contract. */
  Set<Capability> capabilities();

  /** Lets go of what the store itself opened. */
  @Override
  default void close() {}

  /**
   * What a store may promise beyond the common contract. The contract tests read it, and so should
   * a program that depends on one of these. A store that also knows whose sessions there are
   * implements {@link PrincipalIndex}.
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
   * A store that notices what nobody else can, and that wants to hear of an outage. {@link
   * Sessions} finds it by a type test, once.
   */
  interface Reporting {
    /**
     * Names who is told of what only the store can notice: {@linkplain SessionListener#unreadable
     * unreadable} sessions, and those that {@linkplain SessionListener#ended ended} for a
     * {@linkplain EndReason#LIMIT limit}. Called once, before the store is used.
     */
    void reportTo(SessionListener listener);

    /**
     * Says that so many calls got no answer in time that this store is not asked for a moment.
     * Calls that wait in it for their turn, rather than for an answer, may fail now. It must not
     * wait for anything.
     */
    default void outageBegan() {}
  }

  /**
   * A store whose tokens are good in one cookie only. {@link Sessions} finds it by a type test,
   * once, and refuses to send its tokens in another one.
   */
  interface ForOneCookie {
    /** The name of that cookie. */
    String cookieName();
  }
}
