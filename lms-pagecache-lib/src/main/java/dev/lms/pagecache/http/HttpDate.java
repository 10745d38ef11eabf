// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The three formats of a date in HTTP (RFC 9110 section 5.6.7); anything else is none. */
public final class HttpDate {
  private static final DateTimeFormatter PREFERRED = strict("EEE, dd MMM ", " HH:mm:ss 'GMT'");
  private static final DateTimeFormatter ANSI_C = strict("EEE MMM ppd HH:mm:ss ", "");

  /** No date in any of the formats is longer. */
  private static final int MOST_CHARACTERS = 40;

  /** A year of two digits that seems to be more than this many years ahead lies in the past. */
  private static final int MOST_YEARS_AHEAD = 50;

  private HttpDate() {}

  /** A year of four digits, which no letter of a pattern says: they take a sign and more digits. */
  private static DateTimeFormatter strict(String untilYear, String behindYear) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(untilYear)
        .appendValue(ChronoField.YEAR, 4)
        .appendPattern(behindYear)
        .toFormatter(Locale.ROOT)
        .withResolverStyle(ResolverStyle.STRICT)
        .withResolverFields(
            ChronoField.YEAR,
            ChronoField.MONTH_OF_YEAR,
            ChronoField.DAY_OF_MONTH,
            ChronoField.HOUR_OF_DAY,
            ChronoField.MINUTE_OF_HOUR,
            ChronoField.SECOND_OF_MINUTE);
  }

  /**
   * A date.
   *
   * @param text as it stands in a field
   * @param now for years of two digits
   */
  static Optional<Instant> parse(String text, Instant now) {
    if (text.length() > MOST_CHARACTERS) {
      return Optional.empty();
    }
    String date = text.strip();
    int day = date.indexOf(", ") + 2;
    return isRfc850(date, day)
        ? parse(inFull(date, day, now), PREFERRED)
        : parse(date, PREFERRED).or(() -> parse(date, ANSI_C));
  }

  /** Whether it goes on from the day like {@code 06-Nov-94 08:49:37 GMT}. */
  private static boolean isRfc850(String date, int day) {
    return day > "Sun, ".length()
        && date.length() > day + 9
        && date.charAt(day + 2) == '-'
        && date.charAt(day + 6) == '-'
        && ListScanner.isDigit(date.charAt(day + 7))
        && ListScanner.isDigit(date.charAt(day + 8));
  }

  /** A date in the preferred format; the name of the day is not compared. */
  private static String inFull(String date, int day, Instant now) {
    int thisYear = now.atOffset(ZoneOffset.UTC).getYear();
    int year = thisYear / 100 * 100 + Integer.parseInt(date.substring(day + 7, day + 9));
    int likely = year > thisYear + MOST_YEARS_AHEAD ? year - 100 : year;
    return "Mon, "
        + date.substring(day, day + 2)
        + ' '
        + date.substring(day + 3, day + 6)
        + ' '
        + likely
        + date.substring(day + 9);
  }

  private static Optional<Instant> parse(String text, DateTimeFormatter format) {
    try {
      return Optional.of(LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * {@return the date of a field that has exactly one line; empty otherwise, or if it is no date}
   *
   * @param fields the header fields
   * @param name the field's name
   * @param now the present time, which tells the century of a two-digit year
   */
  public static Optional<Instant> of(Fields fields, String name, Instant now) {
    List<String> lines = fields.lines(name);
    return lines.size() == 1 ? parse(lines.get(0), now) : Optional.empty();
  }
}
