package dev.lms.pagecache;

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
import java.util.regex.Pattern;

/** The three formats of a date in HTTP (RFC 9110 section 5.6.7); anything else is none. */
final class HttpDate {
  private static final DateTimeFormatter PREFERRED = strict("EEE, dd MMM uuuu HH:mm:ss 'GMT'");
  private static final DateTimeFormatter ANSI_C = strict("EEE MMM ppd HH:mm:ss uuuu");

  private static final Pattern RFC_850 =
      Pattern.compile("[A-Za-z]{6,9}, ([0-9]{2})-([A-Za-z]{3})-([0-9]{2}) (.*)");

  /** A year of two digits that seems to be more than this many years ahead lies in the past. */
  private static final int MOST_YEARS_AHEAD = 50;

  private HttpDate() {}

  private static DateTimeFormatter strict(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
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
    String date = text.strip();
    var old = RFC_850.matcher(date);
    if (old.matches()) {
      int thisYear = now.atOffset(ZoneOffset.UTC).getYear();
      int year = thisYear / 100 * 100 + Integer.parseInt(old.group(3));
      int likely = year > thisYear + MOST_YEARS_AHEAD ? year - 100 : year;
      return parse(
          "Mon, " + old.group(1) + ' ' + old.group(2) + ' ' + likely + ' ' + old.group(4),
          PREFERRED);
    }
    return parse(date, PREFERRED).or(() -> parse(date, ANSI_C));
  }

  private static Optional<Instant> parse(String text, DateTimeFormatter format) {
    try {
      return Optional.of(LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The date of a field that has exactly one line. */
  static Optional<Instant> of(Fields fields, String name, Instant now) {
    List<String> lines = fields.lines(name);
    return lines.size() == 1 ? parse(lines.get(0), now) : Optional.empty();
  }
}
