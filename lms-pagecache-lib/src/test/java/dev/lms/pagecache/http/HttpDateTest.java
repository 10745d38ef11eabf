// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 5.6.7. */
class HttpDateTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"
      })
  void threeFormatsSayTheSame(String text) {
    assertEquals(Optional.of(Instant.parse("1994-11-06T08:49:37Z")), HttpDate.parse(text, NOW));
  }

  /** A year has four digits, or two in the format of RFC 850. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov +19940 08:49:37 GMT",
        "Sun, 06 Nov +999999999 08:49:37 GMT",
        "Sun, 06 Nov -1994 08:49:37 GMT",
        "Sun, 06 Nov -0001 08:49:37 GMT",
        "Sun, 06 Nov 994 08:49:37 GMT",
        "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sunday, 06-Nov-994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov  6 08:49:37 +19940",
        "Sun Nov  6 08:49:37 -1994"
      })
  void noOtherYearIsOne(String text) {
    assertEquals(Optional.empty(), HttpDate.parse(text, NOW));
  }

  @Test
  void secondsMinutesAndDaysAreThoseThereAre() {
    assertEquals(Optional.empty(), HttpDate.parse("Wed, 29 Feb 2023 00:00:00 GMT", NOW));
    assertEquals(Optional.empty(), HttpDate.parse("Sun, 06 Nov 1994 24:00:00 GMT", NOW));
    assertEquals(Optional.empty(), HttpDate.parse("Sun, 06 Nov 1994 08:60:00 GMT", NOW));
  }
}
