// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import java.util.List;
import java.util.Locale;

/**
 * Bars with their labels as a small SVG, in the colours of the site, light and dark. It is hidden
 * from screen readers: the numbers belong into a list or table beside it.
 */
public final class BarChart {
  private static final int WIDTH = 320;
  private static final int ROW = 34;

  private BarChart() {}

  /**
   * A bar.
   *
   * @param value zero or more
   * @param text the value as people read it
   */
  public record Bar(String label, double value, String text) {}

  /** Bars from top to bottom; the longest reaches almost to the edge. */
  public static String svg(List<Bar> bars) {
    double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
    StringBuilder svg = new StringBuilder();
    svg.append("<svg class=\"chart\" aria-hidden=\"true\" focusable=\"false\" viewBox=\"0 0 ");
    svg.append(WIDTH).append(' ').append(bars.size() * ROW).append("\">");
    int y = 0;
    for (Bar bar : bars) {
      double width = most <= 0 ? 0 : (WIDTH - 2) * bar.value() / most;
      svg.append("<text x=\"0\" y=\"").append(y + 13).append("\">");
      svg.append(Html.escape(bar.label())).append("</text><text class=\"value\" x=\"");
      svg.append(WIDTH).append("\" y=\"").append(y + 13).append("\">");
      svg.append(Html.escape(bar.text())).append("</text><rect class=\"rail\" x=\"0\" y=\"");
      svg.append(y + 19).append("\" width=\"").append(WIDTH).append("\" height=\"8\" rx=\"2\"/>");
      svg.append("<rect class=\"mark\" x=\"0\" y=\"").append(y + 19).append("\" width=\"");
      svg.append(String.format(Locale.ROOT, "%.1f", width)).append("\" height=\"8\" rx=\"2\"/>");
      y += ROW;
    }
    return svg.append("</svg>").toString();
  }
}
