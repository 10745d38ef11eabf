// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a {@link SessionStore} needs to know to write: the moment, the deadline, and the rules that
 * apply. Immutable; at millisecond precision.
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
   * {@return options without a limit and without a grace}
   *
   * @param now the moment that judges deadlines
   * @param deadline when the session ends unless it is used again
   */
  public static WriteOptions at(Instant now, Instant deadline) {
    return new WriteOptions(now, deadline, SessionLimit.NONE, Optional.empty());
  }

  /**
   * {@return these options with a limit of sessions per person, which a sign-in must not exceed}
   *
   * @param other the limit
   */
  public WriteOptions withLimit(SessionLimit other) {
    return new WriteOptions(now, deadline, other, grace);
  }

  /**
   * {@return these options for a rotation without a change of privilege, after which the old token
   * opens the session too for a while}
   *
   * @param other for how long it does
   */
  public WriteOptions withGrace(Duration other) {
    return new WriteOptions(now, deadline, limit, Optional.of(other));
  }

  /** {@return the moment that judges deadlines} */
  public Instant now() {
    return now;
  }

  /** {@return when the session ends unless it is used again} */
  public Instant deadline() {
    return deadline;
  }

  /**
   * {@return how many sessions the person may have; {@link SessionLimit#NONE} if it does not
   * matter}
   */
  public SessionLimit limit() {
    return limit;
  }

  /**
   * {@return how long the old token opens the session too; empty for a change of privilege, after
   * which it opens nothing}
   */
  public Optional<Duration> grace() {
    return grace;
  }

  /** {@return until when the old token opens the session too; empty if it does not} */
  public Optional<Instant> aliasUntil() {
    return grace.map(now::plus);
  }

  @Override
  public String toString() {
    return "WriteOptions[now=%s, deadline=%s, limit=%s, grace=%s]"
        .formatted(now, deadline, limit, grace);
  }
}
