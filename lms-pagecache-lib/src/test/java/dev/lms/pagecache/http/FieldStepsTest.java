// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What comes from outside is taken apart in steps that grow with its length and no faster: counted
 * in characters looked at, not in time.
 */
class FieldStepsTest {
  private static final int STEPS_A_CHARACTER = 12;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  /** What made parsers slow before, alone or in a row: separators, quotes, escapes, white space. */
  private static final List<String> PIECES =
      List.of(
          ",",
          ",,,,",
          " , ",
          "\"",
          "\\",
          "\\\"",
          "=",
          "=\"",
          "\"\"",
          " ",
          "\t",
          ";",
          "a",
          "a=\"",
          "no-store",
          "private",
          "no-cache",
          "max-age=",
          "max-age=1",
          "stale-while-revalidate=9",
          "é",
          "\u0000",
          "-",
          "'",
          "q=",
          ";q=0.5",
          "gzip",
          "*",
          "identity");

  private String hostile(int length) {
    StringBuilder text = new StringBuilder();
    // A few pieces many times over find what is quadratic; many pieces find what is wrong.
    int kinds = 1 + random.nextInt(4);
    while (text.length() < length) {
      for (int i = 0; i < kinds; i++) {
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        text.append(piece.repeat(1 + random.nextInt(random.nextBoolean() ? 2 : 400)));
      }
    }
    return text.substring(0, length);
  }

  private void assertLinear(Consumer<List<CountingText>> parser) {
    for (int i = 0; i < 2000; i++) {
      String text = hostile(1 + random.nextInt(ListScanner.MOST_CHARACTERS - 1));
      AtomicLong steps = new AtomicLong();
      parser.accept(List.of(new CountingText(text, steps)));
      long most = (long) STEPS_A_CHARACTER * text.length() + 100;
      assertTrue(steps.get() <= most, () -> steps + " steps, seed " + seed + ": " + text);
    }
  }

  @Test
  void cacheControlIsReadInSteps() {
    assertLinear(CacheControl::parse);
  }

  @Test
  void acceptEncodingIsReadInSteps() {
    assertLinear(Coding::best);
  }

  /** Some of these cost a stack or minutes before. */
  @ParameterizedTest
  @ValueSource(strings = {"\"", ",", "\\", "a=\"", " ,", "\t", "=", "a,\"", "\"\\\"", "0"})
  void noLengthIsTooMuch(String piece) {
    String text = "a=\"" + piece.repeat(400_000 / piece.length()) + '"';
    List<String> lines = List.of(text);
    Fields fields =
        new Fields(
            Map.of(
                "Cache-Control", lines,
                "CDN-Cache-Control", lines,
                "Pragma", lines,
                "Expires", lines,
                "Age", lines,
                "Vary", lines,
                "ETag", lines));
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          assertTrue(fields.cacheControl().says(Directive.NO_STORE));
          assertTrue(fields.targeted().says(Directive.NO_STORE));
          assertTrue(fields.strictest().says(Directive.NO_STORE));
          assertEquals(Coding.IDENTITY, Coding.accepted(lines));
          assertFalse(Conditions.matches(lines, "\"a\""));
          assertFalse(Conditions.isUnchanged(lines, fields, Instant.EPOCH));
          assertFalse(Conditions.allowsRange(lines, "\"a\"", fields));
          assertTrue(ByteRange.of(lines, 10).isEmpty());
          assertTrue(Receipt.parse(text).isEmpty());
          Freshness fresh =
              Freshness.of(200, fields, Instant.EPOCH, Instant.EPOCH, Duration.ofDays(1));
          assertEquals(Duration.ZERO, fresh.lifetime());
          assertFalse(fields.members("Vary").isEmpty());
        });
  }

  /** A field that nobody reads to its end forbids whatever it may have forbidden. */
  @Test
  void whatIsTooLongForbidsEverything() {
    String longest = "public, max-age=60, x=\"" + "a".repeat(8192 - 25) + '"';
    assertEquals(8191, longest.length());
    CacheControl read = CacheControl.parse(List.of(longest));
    assertEquals(Duration.ofSeconds(60), read.lifetime().orElseThrow());
    assertTrue(read.permits(Directive.PUBLIC));
    CacheControl unread = CacheControl.parse(List.of(longest + ' '));
    assertEquals(Duration.ZERO, unread.lifetime().orElseThrow());
    assertFalse(unread.permits(Directive.PUBLIC));
    for (Directive directive : Directive.values()) {
      assertTrue(unread.says(directive));
    }
  }

  @Test
  void aFieldIsTakenApartOnce() {
    Fields fields = new Fields(Map.of("Cache-Control", List.of("max-age=60")));
    assertTrue(fields.cacheControl() == fields.cacheControl());
    assertTrue(fields.targeted() == fields.cacheControl());
    assertTrue(fields.strictest() == fields.strictest());
  }

  /** What forbids is found wherever it stands, however badly it is written. */
  @Test
  void noWordThatForbidsIsOverlooked() {
    String[] separators = {",", ", ", ";", "; ", " ", "\t", "|", " ,", "\"", "';'", "&", "\u00a0"};
    String[] others = {"public", "max-age=60", "x", "x=y", "foo=\"bar\"", "=", "", "a\\", "no"};
    for (int i = 0; i < 20_000; i++) {
      String word = pick("no-store", "No-Store", "private", "no-cache", "NO_STORE", "nocache");
      String text = pick("", pick(others) + pick(separators)) + word;
      text += pick("", pick(separators) + pick(others), "=", "=1", "=\"x", ";", "\"");
      String forbids = text;
      CacheControl says = CacheControl.parse(List.of(text));
      assertTrue(
          says.says(Directive.NO_STORE)
              || says.says(Directive.NO_CACHE)
              || says.says(Directive.PRIVATE),
          () -> forbids + " permits storing, seed " + seed);
    }
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
