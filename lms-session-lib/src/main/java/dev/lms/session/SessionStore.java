package dev.lms.session;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Where sessions are kept. Write one by extending the contract tests in this library's test-jar.
 *
 * <p>A store makes the token that goes into the cookie, so one interface serves stores that keep
 * sessions on the server (the token is a signed id, see {@link SessionTokens}) and the one that
 * keeps them in the cookie (the token is the sealed session).
 *
 * <p>Every method is one atomic step, thread-safe, and throws {@link SessionStoreException} only
 * when the store cannot be reached. What is not there is a value. When a write returns, the store
 * has acknowledged it.
 *
 * <p>Time is the caller's: deadlines are judged by the {@code now} that is passed in, at
 * millisecond precision.
 */
public interface SessionStore extends AutoCloseable {
  /**
   * The session this token names, whether or not its deadline has passed. Empty if the token is
   * forged (found without asking the store), unknown, ended, or names something unreadable.
   */
  Optional<StoredSession> load(String token);

  /**
   * Begins a session and returns its token. Data and deadline are written together: nothing may
   * live for ever because a process died in between.
   */
  String create(Envelope envelope, Map<String, String> attributes, Instant deadline, Instant now);

  /**
   * Applies changes to a session that is still there, and moves its deadline forward (never back).
   *
   * @return the token from now on, usually the same; empty, and nothing written, if the session has
   *     ended or its deadline has passed
   */
  Optional<String> update(StoredSession session, Changes changes, Instant deadline, Instant now);

  /**
   * The same, under a new token and with a new envelope; the old token is dead when this returns.
   * Changes that others committed since the session was loaded are kept.
   *
   * @return the new token; empty, and nothing written, if the session has ended or its deadline has
   *     passed
   */
  Optional<String> rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now);

  /** Ends the session this token names, if it is there. No commit brings it back. */
  void delete(String token, Instant now);

  /** What this store promises. */
  Capabilities capabilities();

  /** Lets go of what the store itself opened. */
  @Override
  default void close() {}
}
