// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * What one operation costs over a size. In each round every size had its turn, so that what else
 * the machine did meanwhile fell on all of them alike.
 *
 * @param group curves of one group are drawn in one picture
 * @param what was done
 * @param over what grows, such as {@code sessions}
 * @param unit of the costs, such as {@code us}
 * @param points in ascending order of their sizes, which are above zero
 */
public record Curve(String group, String what, String over, String unit, List<Point> points) {
  private static final int THOUSAND = 1000;

  /** Copies the points. */
  public Curve {
    points = List.copyOf(points);
  }

  /**
   * The cost at one size.
   *
   * @param rounds in their order
   */
  public record Point(double size, List<Double> rounds) {
    /** The one in the middle. */
    public double median() {
      return Spread.of(rounds).value();
    }
  }

  /** The last size. */
  public double size() {
    return points.get(points.size() - 1).size();
  }

  /** The cost at the last size over the one at the first, round by round. */
  public Spread growth() {
    return growth(points.get(0).size(), size());
  }

  /** The cost at one size over the one at another, round by round. */
  public Spread growth(double from, double to) {
    return Spread.ofRatios(at(to).rounds(), at(from).rounds());
  }

  /** What was measured at this size. */
  public Point at(double size) {
    return points.stream().filter(point -> point.size() == size).findFirst().orElseThrow();
  }

  /** A size as people write it. */
  public static String text(double size) {
    return size < THOUSAND * 10
        ? String.format(Locale.ROOT, size == Math.rint(size) ? "%,.0f" : "%.1f", size)
        : size < THOUSAND * THOUSAND
            ? String.format(Locale.ROOT, "%,.0f", size)
            : String.format(Locale.ROOT, "%.0f million", size / THOUSAND / THOUSAND);
  }
}
