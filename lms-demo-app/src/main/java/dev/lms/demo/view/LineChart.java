// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import java.util.List;
import java.util.Locale;

/**
 * A line from 0 to 100 percent over the last minutes as a small SVG, in the colours of the site,
 * light and dark. It is hidden from screen readers: the numbers belong into a table beside it.
 */
public final class LineChart {
  private static final int WIDTH = 320;
  private static final int RIGHT = WIDTH - 54;
  private static final int HEIGHT = 72;
  private static final int BASE = HEIGHT - 4;
  private static final List<Integer> SPANS = List.of(10, 30);

  /** Fewer are marked, one by one. */
  private static final int MARKED = 10;

  private LineChart() {}

  /**
   * Draws a line. Few minutes get a short span, so that they are seen.
   *
   * @param percents a minute each, from left to right; the newest is last; NaN where there was
   *     nothing to count, which is a gap
   * @param most how many there may be
   */
  public static String svg(List<Double> percents, int most) {
    int span =
        SPANS.stream().filter(minutes -> percents.size() <= minutes).findFirst().orElse(most);
    StringBuilder svg = new StringBuilder();
    svg.append("<svg class=\"chart\" aria-hidden=\"true\" focusable=\"false\" viewBox=\"0 0 ");
    svg.append(WIDTH).append(' ').append(HEIGHT + 18).append("\">");
    for (int percent = 0; percent <= 100; percent += 50) {
      double y = y(percent);
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"grid\" d=\"M0 %.1fH%d\"/><text x=\"%d\" y=\"%.1f\">%d %%</text>",
              y,
              RIGHT,
              RIGHT + 6,
              y + 4,
              percent));
    }
    svg.append(
        "<text class=\"when\" x=\"0\" y=\"%d\">%d min ago</text>".formatted(BASE + 17, span));
    svg.append(
        "<text class=\"when value\" x=\"%d\" y=\"%d\">now</text>".formatted(RIGHT, BASE + 17));
    double step = (double) RIGHT / (span - 1);
    int from = 0;
    while (from < percents.size()) {
      int to = from;
      while (to < percents.size() && !percents.get(to).isNaN()) {
        to++;
      }
      if (to > from) {
        stretch(svg, percents, from, to, step);
      }
      from = to + 1;
    }
    return svg.append("</svg>").toString();
  }

  /** Minutes without a gap between them. */
  private static void stretch(
      StringBuilder svg, List<Double> percents, int from, int to, double step) {
    StringBuilder points = new StringBuilder();
    StringBuilder marks = new StringBuilder();
    for (int i = from; i < to; i++) {
      double x = x(percents, i, step);
      double y = y(percents.get(i));
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
      if (percents.size() <= MARKED || i == percents.size() - 1 || to == from + 1) {
        marks.append(
            String.format(
                Locale.ROOT, "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", x, y));
      }
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<polygon class=\"area\" points=\"%.1f,%d %s%.1f,%d\"/>",
            x(percents, from, step),
            BASE,
            points,
            x(percents, to - 1, step),
            BASE));
    svg.append("<polyline class=\"line\" points=\"").append(points).append("\"/>").append(marks);
  }

  private static double x(List<Double> percents, int i, double step) {
    return RIGHT - (percents.size() - 1 - i) * step;
  }

  private static double y(double percent) {
    return 8 + (HEIGHT - 12) * (1 - percent / 100);
  }
}
