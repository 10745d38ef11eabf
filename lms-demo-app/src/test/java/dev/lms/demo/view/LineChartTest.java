// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineChartTest {
  private static int count(String svg, String what) {
    return svg.split(what, -1).length - 1;
  }

  @Test
  void fewMinutesHaveAShortSpanAndAMarkEach() {
    String svg = LineChart.svg(List.of(0.0, 50.0, 100.0), 60);
    assertTrue(svg.contains(">10 min ago<"), svg);
    assertEquals(3, count(svg, "class=\"mark\""));
    assertTrue(svg.contains("points=\"206.9,68.0 236.4,38.0 266.0,8.0 \""), svg);
  }

  @Test
  void manyMinutesHaveTheWholeSpanAndOneMark() {
    String svg = LineChart.svg(Collections.nCopies(31, 80.0), 60);
    assertTrue(svg.contains(">60 min ago<"), svg);
    assertEquals(1, count(svg, "class=\"mark\""));
    assertTrue(LineChart.svg(Collections.nCopies(30, 80.0), 60).contains(">30 min ago<"));
  }

  /** A minute in which nobody came is not one in which nothing was found. */
  @Test
  void whereNothingWasCountedThereIsAGap() {
    String svg = LineChart.svg(List.of(90.0, Double.NaN, 80.0, 70.0), 60);
    assertEquals(2, count(svg, "<polyline"));
    assertFalse(svg.contains("NaN"), svg);
    assertEquals(0, count(LineChart.svg(List.of(Double.NaN), 60), "<polyline"));
    assertEquals(0, count(LineChart.svg(List.of(), 60), "<polyline"));
  }
}
