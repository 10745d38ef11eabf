// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Receipt;
import dev.lms.pagecache.fuzz.FuzzTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tags, dates, ranges and receipts in a request, and the times of an answer. */
class ConditionsFuzzTest extends FuzzTarget {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String ETAG = "\"a-1\"";
  private static final int SIZE = 1000;

  private static final DateTimeFormatter IMF =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** RFC 9110 section 5.6.7; the name of the day in the second format is not looked at. */
  private static final Pattern DATE =
      Pattern.compile(
          "\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"
              + "|.{4,}, \\d\\d-\\w{3}-\\d\\d \\d\\d:\\d\\d:\\d\\d GMT"
              + "|\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  @Override
  protected void check(byte[] input) {
    String text = latin1(input);
    List<String> lines = List.of(text.split("\n", -1));
    checkTags(lines);
    checkDate(text);
    checkRange(text);
    Receipt.parse(text)
        .ifPresent(read -> assertEquals(Optional.of(read), Receipt.parse(read.text())));
    checkTimes(lines);
  }

  private static void checkTags(List<String> lines) {
    boolean matches = Conditions.matches(lines, ETAG);
    boolean said = lines.stream().anyMatch(l -> l.contains(ETAG) || l.strip().equals("*"));
    assertTrue(!matches || said);
    if (!ListScanner.isExcessive(lines)) {
      boolean plain =
          lines.stream()
              .flatMap(line -> List.of(line.split(",", -1)).stream())
              .map(String::strip)
              .allMatch(tag -> tag.matches("(?:W/)?\"[a-z0-9-]*+\""));
      assertTrue(!plain || matches == said);
    }
    assertTrue(
        !Conditions.allowsRange(lines, ETAG, Fields.NONE)
            || (lines.size() == 1 && lines.get(0).strip().equals(ETAG)));
    assertFalse(Conditions.allowsRange(lines, "W/" + ETAG, Fields.NONE));
  }

  private static void checkDate(String text) {
    Optional<Instant> date = HttpDate.parse(text, NOW);
    if (date.isPresent()) {
      assertTrue(DATE.matcher(text.strip()).matches(), text);
      String written = IMF.format(date.get());
      assertEquals(date, HttpDate.parse(written, NOW), written);
    }
    Fields page = new Fields(Map.of("Last-Modified", List.of(text), "Date", List.of(text)));
    assertEquals(date.isPresent(), Conditions.isUnchanged(List.of(text), page, NOW));
  }

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,9})-(\\d{1,9})");

  private static void checkRange(String text) {
    Optional<ByteRange> range = ByteRange.of(List.of(text), SIZE);
    if (range.isPresent() && range.get().length() > 0) {
      ByteRange one = range.get();
      assertTrue(one.from() >= 0 && one.from() + one.length() <= SIZE, one.toString());
    }
    Matcher plain = RANGE.matcher(text);
    if (plain.matches()) {
      int from = Integer.parseInt(plain.group(1));
      int to = Math.min(SIZE - 1, Integer.parseInt(plain.group(2)));
      boolean backwards = Integer.parseInt(plain.group(2)) < from;
      assertEquals(
          backwards
              ? Optional.empty()
              : Optional.of(new ByteRange(from, Math.max(0, to + 1 - from))),
          range);
    }
  }

  /** No answer breaks the arithmetic of times. */
  private static void checkTimes(List<String> lines) {
    String one = lines.get(0);
    String other = lines.get(lines.size() - 1);
    Fields fields =
        new Fields(
            Map.of(
                "Date", List.of(one),
                "Expires", List.of(other),
                "Last-Modified", List.of(other),
                "Age", List.of(other)));
    Duration most = Duration.ofSeconds(CacheControl.MOST_SECONDS);
    Freshness fresh = Freshness.of(200, fields, NOW, NOW, Duration.ofDays(1));
    assertTrue(!fresh.lifetime().isNegative() && fresh.lifetime().compareTo(most) <= 0);
    assertTrue(!fresh.age().isNegative() && fresh.age().compareTo(most) <= 0);
    assertFalse(Freshness.strictest(fields, NOW).orElseThrow().isNegative());
    Freshness.of(200, fields.without(Set.of("expires")), NOW, NOW, Duration.ofDays(1));
  }
}
