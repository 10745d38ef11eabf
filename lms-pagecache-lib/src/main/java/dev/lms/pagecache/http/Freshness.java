// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How long an answer is fresh and how old it was when it came: the arithmetic of RFC 9111 section
 * 4.2, for a shared cache.
 *
 * @param lifetime how long it is fresh, from its birth
 * @param age how old it was when it came
 */
public record Freshness(Duration lifetime, Duration age) {
  /** RFC 9110 section 15.1. */
  private static final Set<Integer> HEURISTICALLY_CACHEABLE =
      Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);

  /** One part in so many of the time since the last change (RFC 9111 section 4.2.2). */
  private static final int HEURISTIC_PART = 10;

  /**
   * Computes the freshness of an answer.
   *
   * @param status its status code
   * @param fields its header fields
   * @param askedAt when its handler was asked
   * @param cameAt when the handler had answered
   * @param mostHeuristic the longest lifetime if the answer declares none
   * @return lifetime and age
   */
  public static Freshness of(
      int status, Fields fields, Instant askedAt, Instant cameAt, Duration mostHeuristic) {
    Instant date = HttpDate.of(fields, "Date", cameAt).orElse(cameAt);
    return new Freshness(
        bounded(lifetime(status, fields, date, cameAt, mostHeuristic)),
        bounded(age(fields, date, askedAt, cameAt)));
  }

  private static Duration lifetime(
      int status, Fields fields, Instant date, Instant now, Duration mostHeuristic) {
    CacheControl says = fields.targeted();
    if (says.says(Directive.NO_CACHE)) {
      return Duration.ZERO; // Stored all the same, to be validated at each use.
    }
    Optional<Duration> explicit = says.lifetime();
    if (explicit.isPresent()) {
      return explicit.get();
    }
    if (fields.has("Expires") && !says.isTargeted()) {
      return untilExpiry(fields, date, now);
    }
    return HEURISTICALLY_CACHEABLE.contains(status) || says.permits(Directive.PUBLIC)
        ? heuristic(fields, date, now, mostHeuristic)
        : Duration.ZERO;
  }

  /** Zero if the date is past, or none (RFC 9111 section 5.3). */
  private static Duration untilExpiry(Fields fields, Instant date, Instant now) {
    return notNegative(
        HttpDate.of(fields, "Expires", now)
            .map(expires -> Duration.between(date, expires))
            .orElse(Duration.ZERO));
  }

  /**
   * {@return the shortest time for which an answer says, to whatever cache, that it is fresh after
   * it came; empty if it says nothing about it}
   *
   * @param fields its header fields
   * @param cameAt when the handler had answered
   */
  public static Optional<Duration> strictest(Fields fields, Instant cameAt) {
    Optional<Duration> explicit = fields.strictest().lifetime();
    if (explicit.isPresent()) {
      return Optional.of(notNegative(explicit.get().minus(ageValue(fields))));
    }
    if (!fields.has("Expires")) {
      return Optional.empty();
    }
    Instant date = HttpDate.of(fields, "Date", cameAt).orElse(cameAt);
    return Optional.of(untilExpiry(fields, date.isAfter(cameAt) ? date : cameAt, cameAt));
  }

  private static Duration heuristic(Fields fields, Instant date, Instant now, Duration most) {
    if (CacheControl.parse(fields.lines("Pragma")).says(Directive.NO_CACHE)) {
      return Duration.ZERO;
    }
    Duration guess =
        HttpDate.of(fields, "Last-Modified", now)
            .map(changed -> notNegative(Duration.between(changed, date)).dividedBy(HEURISTIC_PART))
            .orElse(Duration.ZERO);
    return guess.compareTo(most) < 0 ? guess : most;
  }

  private static Duration age(Fields fields, Instant date, Instant askedAt, Instant cameAt) {
    // Dates are whole seconds, cut off: less than one tells nothing.
    Duration apparent = Duration.ofSeconds(notNegative(Duration.between(date, cameAt)).toSeconds());
    Duration corrected = ageValue(fields).plus(Duration.between(askedAt, cameAt));
    return apparent.compareTo(corrected) > 0 ? apparent : corrected;
  }

  /** The first value counts; what is no number counts for nothing (RFC 9111 section 5.1). */
  private static Duration ageValue(Fields fields) {
    List<String> values = fields.members("Age");
    return values.isEmpty()
        ? Duration.ZERO
        : CacheControl.deltaSeconds(values.get(0)).orElse(Duration.ZERO);
  }

  /** Dates may be further apart than any time can be told by. */
  private static Duration bounded(Duration duration) {
    return duration.toSeconds() > CacheControl.MOST_SECONDS
        ? Duration.ofSeconds(CacheControl.MOST_SECONDS)
        : duration;
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
