// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A moment as pages show it.
 *
 * @param iso for programs
 * @param text for people, in UTC
 * @param relative how long ago or how long from now, in words
 */
public record Moment(String iso, String text, String relative) {

  /** The moment, seen from now. */
  public static Moment of(Instant moment, Instant now) {
    return new Moment(
        moment.truncatedTo(ChronoUnit.SECONDS).toString(),
        Text.moment(moment),
        relative(Duration.between(moment, now)));
  }

  private static String relative(Duration ago) {
    Duration distance = ago.abs();
    if (distance.toSeconds() < 60) {
      return ago.isNegative() ? "in less than a minute" : "just now";
    }
    String words = words(distance);
    return ago.isNegative() ? "in " + words : words + " ago";
  }

  /** The largest unit that fits, without the rest. */
  private static String words(Duration distance) {
    if (distance.toMinutes() < 60) {
      return count(distance.toMinutes(), "minute");
    }
    if (distance.toHours() < 24) {
      return count(distance.toHours(), "hour");
    }
    if (distance.toDays() < 60) {
      return count(distance.toDays(), "day");
    }
    return distance.toDays() < 730
        ? count(distance.toDays() / 30, "month")
        : count(distance.toDays() / 365, "year");
  }

  private static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }
}
