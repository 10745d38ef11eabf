package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where sessions are kept. Write one by extending the contract tests in this library's test-jar.
 *
 * <p>A store makes the token that goes into the cookie, so one interface serves stores that keep
 * sessions on the server (the token is a signed id, see {@code
 * dev.lms.session.store.SessionTokens}) and the one that keeps them in the cookie (the token is the
 * sealed session).
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
   * The session this token names, whether or not its deadline has passed. Empty if the token is
   * forged (found without asking the store), unknown, ended, or names something unreadable.
   */
  Optional<StoredSession> load(String token);

  /**
   * What this token opens at this moment: the session that it names, as {@link #load}, or the one
   * that it was rotated into, within the grace of that rotation. Costs no more than {@link #load}
   * unless the id was rotated. A store that {@linkplain Capabilities#followsRotation follows
   * rotations} overrides it.
   */
  default Opened open(String token, Instant now) {
    Optional<StoredSession> found = load(token);
    return found.isPresent() ? new Opened.Live(found.get()) : Opened.ABSENT;
  }

  /**
   * Begins a session and returns its token. Data and deadline are written together: nothing may
   * live for ever because a process died in between.
   */
  String create(Envelope envelope, Map<String, String> attributes, Instant deadline, Instant now);

  /**
   * Applies changes to a session that is still there, and moves its deadline forward (never back).
   * If the session was rotated since it was loaded, and the grace of that rotation has not passed,
   * the changes reach it under its new id.
   *
   * @return the token from now on, usually the same; {@link Written#GONE} if the session has ended
   *     or its deadline has passed; {@link Written#CONFLICT} if it is not as the changes expect
   * @throws IllegalStateException if a counter would overflow; nothing is written
   */
  Written update(StoredSession session, Changes changes, Instant deadline, Instant now);

  /**
   * The same, under a new token and with a new envelope, because of a sign-in or another change of
   * privilege; the old token opens nothing when this returns. Changes that others committed since
   * the session was loaded are kept.
   *
   * @return the new token; or why nothing was written, as {@link #update}
   */
  Written rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now);

  /**
   * The same, with the envelope as it is: without a change of privilege. Until the grace has passed
   * the old token opens the session too; after that its use is {@linkplain Opened.Reused reported}.
   * If another request has just rotated the session, this one only {@linkplain #update updates} it.
   * A store that {@linkplain Capabilities#followsRotation follows rotations} overrides it.
   *
   * @return the new token; or why nothing was written, as {@link #update}
   */
  default Written rotate(
      StoredSession session, Changes changes, Instant deadline, Instant now, Duration grace) {
    return rotate(session, session.envelope(), changes, deadline, now);
  }

  /**
   * {@link #create(Envelope, Map, Instant, Instant) Begins} a session within the limit of its
   * principal, if it has one. A store with a principal index overrides it.
   *
   * @return the token; empty, and nothing written, if the limit refuses another session
   */
  default Optional<String> create(
      Envelope envelope,
      Map<String, String> attributes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    return Optional.of(create(envelope, attributes, deadline, now));
  }

  /**
   * {@link #rotate(StoredSession, Envelope, Changes, Instant, Instant) Rotates} a session within
   * the limit of the new envelope's principal, if it has one. A store with a principal index
   * overrides it.
   *
   * @return the new token; or why nothing was written, as {@link #update}, or {@link
   *     Written#REFUSED} if the limit refuses another session
   */
  default Written rotate(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    return rotate(session, envelope, changes, deadline, now);
  }

  /**
   * Ends the session this token names, if it is there. No commit brings it back. A store that
   * {@linkplain Capabilities#followsRotation follows rotations} also ends what it was rotated into,
   * however long ago: whoever signs out while another request rotates has signed out.
   *
   * @return whether this call ended it: of several at the same moment one is told so. False also if
   *     the answer to it was lost, and it was there no more when it was tried again
   */
  boolean delete(String token, Instant now);

  /** The same for a session that was loaded before; may cost less than by its token alone. */
  default boolean delete(StoredSession session, Instant now) {
    return delete(session.token(), now);
  }

  /**
   * The live sessions of the person with this id, the latest sign-in first.
   *
   * @throws UnsupportedOperationException without {@link Capabilities#principalIndex}
   */
  default List<SessionInfo> list(String principalId, Instant now) {
    throw noIndex();
  }

  /**
   * Ends one session of a person, under any name that it has or had since they signed in.
   *
   * @return false if the person has no live session of this handle
   * @throws UnsupportedOperationException without {@link Capabilities#principalIndex}
   */
  default boolean revoke(String principalId, String handle, Instant now) {
    throw noIndex();
  }

  /**
   * Ends every session of a person. Every sign-in that completed before this returns is ended: one
   * that completes while this runs may be taken as made before it.
   *
   * @param except the handle of a session to keep, if any, also if it is rotated meanwhile
   * @return how many live sessions ended
   * @throws UnsupportedOperationException without {@link Capabilities#principalIndex}
   */
  default int revokeAll(String principalId, Optional<String> except, Instant now) {
    throw noIndex();
  }

  /**
   * How many sessions are live. Looks at every one.
   *
   * @throws UnsupportedOperationException without {@link Capabilities#principalIndex}
   */
  default SessionStats stats(Instant now) {
    throw noIndex();
  }

  /**
   * Ends every session of everybody. Those that begin while this runs may stay.
   *
   * @return how many live sessions ended
   * @throws UnsupportedOperationException without {@link Capabilities#principalIndex}
   */
  default long purge(Instant now) {
    throw noIndex();
  }

  private static UnsupportedOperationException noIndex() {
    return new UnsupportedOperationException(
        "this session store keeps no record of its sessions; to list, count or revoke them use the"
            + " file or the Redis store (to end all sessions in cookies, change the secret key)");
  }

  /**
   * Names who is told of what only the store can notice: {@linkplain SessionListener#unreadable
   * unreadable} sessions, and those that {@linkplain SessionListener#ended ended} for a {@linkplain
   * EndReason#LIMIT limit}. {@link Sessions} calls it once, before the store is used.
   */
  default void setListener(SessionListener listener) {}

  /**
   * Says that so many calls got no answer in time that this store is not asked for a moment. Calls
   * that wait in it for their turn, rather than for an answer, may fail now. {@link Sessions} calls
   * it; it must not wait for anything.
   */
  default void outageBegan() {}

  /** What this store promises. */
  Capabilities capabilities();

  /**
   * The name of the cookie that this store makes its tokens for, if they are good in no other.
   * {@link Sessions} refuses to send them in another one.
   */
  default Optional<String> cookieName() {
    return Optional.empty();
  }

  /** Lets go of what the store itself opened. */
  @Override
  default void close() {}
}
