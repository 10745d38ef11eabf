// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvennessTest {
  @Test
  void theMiddleAndTheSlowestTenthStandBesideTheBest() {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      millis.add(10.0);
      millis.add(12.0);
    }
    millis.add(30.0);
    assertEquals(Optional.of(new Evenness(10, 1.2, 1.2)), Evenness.of(millis));
    assertFalse(Evenness.of(millis).orElseThrow().isEven());
    millis.addAll(List.of(40.0, 50.0));
    assertEquals(3.0, Evenness.of(millis).orElseThrow().tenth());
  }

  @Test
  void noiseOfAFewPercentIsNone() {
    List<Double> millis = new ArrayList<>(Collections.nCopies(50, 10.0));
    millis.addAll(Collections.nCopies(50, 11.0));
    Evenness evenness = Evenness.of(millis).orElseThrow();
    assertTrue(evenness.isEven(), evenness.text());
    assertEquals(
        "The machine was even: the same reads of memory took 1.05 times as long as at best, and"
            + " 1.10 times in one of ten.",
        evenness.text());
  }

  @Test
  void aFewTimesTellNothing() {
    assertEquals(Optional.empty(), Evenness.of(Collections.nCopies(9, 10.0)));
  }
}
