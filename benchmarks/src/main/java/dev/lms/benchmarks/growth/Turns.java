// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Curve;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The sizes of several curves, measured by turns: a machine that is slow for seconds makes no size
 * look dear.
 */
final class Turns {
  private record Turn(String curve, double size, Work work, List<Double> rounds) {}

  /** A curve without its points. */
  private record Line(String group, String what, String over, String unit) {}

  private final List<Line> lines = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();

  /** A further curve; {@link #at} adds its sizes. */
  void curve(String group, String what, String over, String unit) {
    lines.add(new Line(group, what, over, unit));
  }

  /** A size of the curve that was begun last with this name. */
  void at(String what, double size, Work work) {
    turns.add(new Turn(what, size, work, new ArrayList<>()));
  }

  /** Rounds that only warm up. */
  void warmUp(int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (Turn turn : turns) {
        turn.work().cost();
      }
    }
  }

  /** Rounds that count. */
  List<Curve> run(int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (Turn turn : turns) {
        turn.rounds().add(turn.work().cost());
      }
    }
    return lines.stream().map(this::curve).filter(curve -> !curve.points().isEmpty()).toList();
  }

  private Curve curve(Line line) {
    List<Curve.Point> points =
        turns.stream()
            .filter(turn -> turn.curve().equals(line.what()))
            .map(turn -> new Curve.Point(turn.size(), turn.rounds()))
            .sorted(Comparator.comparingDouble(Curve.Point::size))
            .toList();
    return new Curve(line.group(), line.what(), line.over(), line.unit(), points);
  }
}
