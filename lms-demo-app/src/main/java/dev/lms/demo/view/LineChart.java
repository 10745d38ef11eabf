// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import java.util.List;
import java.util.Locale;

/**
 * A line from 0 to 100 percent as a small SVG, in the colours of the site, light and dark. It is
 * hidden from screen readers: the numbers belong into a table beside it.
 */
public final class LineChart {
  private static final int WIDTH = 320;
  private static final int RIGHT = WIDTH - 54;
  private static final int HEIGHT = 72;

  private LineChart() {}

  /**
   * Draws a line.
   *
   * @param percents from left to right; the newest is last
   * @param most how many there may be: fewer end at the right edge
   */
  public static String svg(List<Double> percents, int most) {
    StringBuilder svg = new StringBuilder();
    svg.append("<svg class=\"chart\" aria-hidden=\"true\" focusable=\"false\" viewBox=\"0 0 ");
    svg.append(WIDTH).append(' ').append(HEIGHT + 4).append("\">");
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
    svg.append("<polyline class=\"line\" points=\"");
    double step = (double) RIGHT / Math.max(1, most - 1);
    for (int i = 0; i < percents.size(); i++) {
      double x = RIGHT - (percents.size() - 1 - i) * step;
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y(percents.get(i))));
    }
    svg.append("\"/>");
    if (!percents.isEmpty()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"mark\" cx=\"%d\" cy=\"%.1f\" r=\"3\"/>",
              RIGHT,
              y(percents.getLast())));
    }
    return svg.append("</svg>").toString();
  }

  private static double y(double percent) {
    return 8 + (HEIGHT - 12) * (1 - percent / 100);
  }
}
