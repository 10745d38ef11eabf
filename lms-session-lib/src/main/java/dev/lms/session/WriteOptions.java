package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a {@link SessionStore} writes, until when what it writes lives, and under which rules.
 * Immutable; at millisecond precision.
 */
public final class WriteOptions {
  private final Instant now;
  private final Instant deadline;
  private final SessionLimit limit;
  private final Optional<Duration> grace;

  private WriteOptions(
      Instant now, Instant deadline, SessionLimit limit, Optional<Duration> grace) {
    this.now = now;
    this.deadline = deadline;
    this.limit = limit;
    this.grace = grace;
  }

  /**
   * Without a limit, and without a grace.
   *
   * @param now the moment by which deadlines are judged
   * @param deadline when the session ends unless it is used again
   */
  public static WriteOptions at(Instant now, Instant deadline) {
    return new WriteOptions(now, deadline, SessionLimit.NONE, Optional.empty());
  }

  /** With a limit of sessions per person, which a sign-in must not pass. */
  public WriteOptions withLimit(SessionLimit other) {
    return new WriteOptions(now, deadline, other, grace);
  }

  /** For a rotation without a change of privilege: so long the old token opens the session too. */
  public WriteOptions withGrace(Duration other) {
    return new WriteOptions(now, deadline, limit, Optional.of(other));
  }

  /** The moment by which deadlines are judged. */
  public Instant now() {
    return now;
  }

  /** When the session ends unless it is used again. */
  public Instant deadline() {
    return deadline;
  }

  /** How many sessions the person may have; {@link SessionLimit#NONE} if it does not matter. */
  public SessionLimit limit() {
    return limit;
  }

  /** How long an old token opens the session too; empty for a change of privilege: not at all. */
  public Optional<Duration> grace() {
    return grace;
  }

  /** Until when an old token opens the session too; empty if it does not. */
  public Optional<Instant> aliasUntil() {
    return grace.map(now::plus);
  }

  @Override
  public String toString() {
    return "WriteOptions[now=%s, deadline=%s, limit=%s, grace=%s]"
        .formatted(now, deadline, limit, grace);
  }
}
