// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.answer;

import dev.lms.session.CommitOutcome;
import dev.lms.session.SessionStoreException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A short answer in plain text in the place of a handler's.
 *
 * @param status its status
 * @param text its body
 */
public record Instead(int status, String text) {
  /** How long a client should wait before it asks again, in seconds. */
  public static final String RETRY_AFTER = "5";

  /** For requests that fail because the store cannot be reached. */
  public static final Instead UNAVAILABLE =
      new Instead(
          503, "The site cannot look up sessions just now. Please try again in a moment.\n");

  private static final int MOST_CAUSES = 100;
  private static final Set<String> OF_THE_LOST_ANSWER =
      Set.of(
          "etag",
          "last-modified",
          "expires",
          "age",
          "accept-ranges",
          "location",
          "refresh",
          "cache-tag",
          "set-cookie");

  /**
   * {@return the answer to a request whose changes are not stored}
   *
   * @param outcome why they are not
   */
  public static Instead of(CommitOutcome outcome) {
    return switch (outcome) {
      case REFUSED ->
          new Instead(
              403,
              "You are signed in too many times already. Sign out somewhere else, then try again."
                  + "\n");
      case GONE -> new Instead(409, "Your session has ended meanwhile, so nothing was saved.\n");
      default ->
          new Instead(
              409,
              "Nothing was saved: it has been changed meanwhile, perhaps by yourself in another"
                  + " tab. Go back, reload the page and try again.\n");
    };
  }

  /**
   * {@return whether a header field described the answer that is not sent}
   *
   * @param name the field's name
   */
  public static boolean isOfTheLostAnswer(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("content-") || OF_THE_LOST_ANSWER.contains(lower);
  }

  /**
   * {@return whether a header field tells caches by name (RFC 9213), or in the words of their
   * makers, what overrides {@code Cache-Control}}
   *
   * @param name the field's name
   */
  public static boolean overridesCacheControl(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith("-cache-control")
        || lower.equals("surrogate-control")
        || lower.equals("x-accel-expires");
  }

  /**
   * {@return a failure and what caused it, as far as anybody would look; causes may go in circles}
   *
   * @param failure what was thrown
   */
  public static Stream<Throwable> causes(Throwable failure) {
    return Stream.<@Nullable Throwable>iterate(
            failure, Objects::nonNull, cause -> cause == null ? null : cause.getCause())
        .limit(MOST_CAUSES)
        .map(Objects::requireNonNull);
  }

  /**
   * {@return the outage that made a request fail, if one did}
   *
   * @param failure what was thrown
   */
  public static Optional<SessionStoreException> outageIn(Throwable failure) {
    return causes(failure)
        .filter(SessionStoreException.class::isInstance)
        .map(SessionStoreException.class::cast)
        .findFirst();
  }
}
