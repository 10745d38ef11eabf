// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the stampede takes for a mistake of ours: what P5 rules out, and nothing else. */
class StampedeTest {
  @ParameterizedTest(name = "{0} renders, {2} answers of {3} ms: {1}")
  @CsvSource(
      textBlock =
          """
          1, 0, 1, 10,   lms; fwd=miss; stored; detail=anon
          2, 1, 2, 10,   lms; fwd=miss; stored; detail=anon
          2, 1, 1, 10,   lms; fwd=miss; stored; detail=anon
          4, 3, 1, 10,   lms; hit; ttl=59; detail=anon
          3, 2, 9, 5000, lms; fwd=miss; collapsed; detail=anon
          3, 2, 9, 5000, lms; fwd=bypass; detail=anon/never
          3, 0, 2, 5000, lms; fwd=miss; stored; detail=anon
          3, 1, 1, 5000, lms; fwd=miss; stored; detail=anon
          4, 0, 3, 10,   lms; fwd=miss; detail=anon/store
          4, 0, 4, 10,   lms; fwd=bypass; detail=anon/store
          4, 2, 1, 10,   lms; fwd=bypass; detail=anon/store
          2, 1, 1, 10,   lms; fwd=miss; detail=anon/purged
          """)
  void moreRendersThanOneAreWrongUnlessNobodyPromisedThat(
      int renders, int wrong, int answers, int millis, String cacheStatus) {
    Stampede.Visit visit = new Stampede.Visit(cacheStatus, Duration.ofMillis(millis));
    List<Report.Dot> dots = Stampede.renders(renders, Collections.nCopies(answers, visit));
    assertEquals(renders, dots.size());
    assertEquals(wrong, dots.stream().filter(Report.Dot::wrong).count(), dots.toString());
  }
}
