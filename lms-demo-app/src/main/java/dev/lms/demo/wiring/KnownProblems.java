// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.data.DatabaseBusyException;
import dev.lms.demo.data.DatabaseDamagedException;
import dev.lms.demo.data.DatabaseFullException;
import dev.lms.demo.http.HttpProblem;
import dev.lms.session.CommitOutcome;
import dev.lms.session.SessionStoreException;
import dev.lms.session.httpserver.OutageAnswer;
import dev.lms.session.httpserver.UnsavedAnswer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What failures are to the person who asked. */
final class KnownProblems {
  private static final Duration OUTAGE_RETRY = Duration.ofSeconds(5);
  private static final Duration FULL_RETRY = Duration.ofMinutes(1);

  /** Causes may go in circles. */
  private static final int MOST_CAUSES = 100;

  /** The filter for errors, further out, has the words. */
  static final OutageAnswer OUTAGE =
      (exchange, outage) -> {
        throw outage;
      };

  /** And for changes that are not stored although the page says so. */
  static final UnsavedAnswer UNSAVED =
      (exchange, outcome) -> {
        throw unsaved(outcome).worthRepeating();
      };

  private KnownProblems() {}

  /** An outage, also if it is only the cause of the failure; empty for anything else. */
  static Optional<HttpProblem> of(Throwable failure) {
    if (failure instanceof DatabaseFullException) {
      return Optional.of(
          HttpProblem.unavailable(
                  "Nothing can be saved just now",
                  "The disk of this site is full, so nothing was saved. Pages can still be read."
                      + " Please try again later.",
                  FULL_RETRY)
              .worthRepeating());
    }
    boolean outage =
        Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
            .limit(MOST_CAUSES)
            .anyMatch(KnownProblems::isOutage);
    return outage
        ? Optional.of(
            HttpProblem.unavailable(
                    "Not available just now",
                    "Something the site needs is not available. Please try again in a moment.",
                    OUTAGE_RETRY)
                .worthRepeating())
        : Optional.empty();
  }

  private static boolean isOutage(Throwable failure) {
    return failure instanceof SessionStoreException
        || failure instanceof DatabaseBusyException
        || failure instanceof DatabaseDamagedException;
  }

  private static HttpProblem unsaved(CommitOutcome outcome) {
    return switch (outcome) {
      case REFUSED ->
          new HttpProblem(
              403,
              "Signed in too many times",
              "You are signed in on as many devices as this site allows. Sign out on one of them,"
                  + " then sign in here.");
      case GONE ->
          new HttpProblem(
              409,
              "Your session has ended",
              "It ended while you sent this, so nothing was saved. Sign in and send it again.");
      default ->
          new HttpProblem(
              409,
              "Changed meanwhile",
              "Nothing was saved, because it has been changed meanwhile, perhaps by yourself in"
                  + " another tab. Go back, reload the page and send it again.");
    };
  }
}
