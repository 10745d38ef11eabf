// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Curves as one SVG of small pictures, which reads well in light and in dark. */
final class Growth {
  /** Its name in a folder of results. */
  static final String FILE = "growth.svg";

  private static final int ACROSS = 2;
  private static final int WIDTH = 470;
  private static final int LEFT = 46;
  private static final int RIGHT = 24;
  private static final int TOP = 48;
  private static final int HEIGHT = 150;
  private static final int AXIS = 38;
  private static final int LINE = 18;
  private static final int MARGIN = 10;
  private static final int HEAD = 44;
  private static final int COLOURS = 5;

  /** Above it there is no room for a figure between the least and the most. */
  private static final double CROWDED = 10;

  private static final String STYLE =
      """
        <style>
          text { fill: #1f2328; } .small { font-size: 12px; fill: #57606a; }
          .axis { stroke: #d0d7de; fill: none; } .line { fill: none; stroke-width: 2; }
          .s0 { stroke: #0969da; } .s1 { stroke: #bc4c00; } .s2 { stroke: #1a7f37; }
          .s3 { stroke: #8250df; } .s4 { stroke: #9a6700; }
          .f0 { fill: #0969da; } .f1 { fill: #bc4c00; } .f2 { fill: #1a7f37; } .f3 { fill: #8250df; }
          .f4 { fill: #9a6700; }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; } .small { fill: #8b949e; } .axis { stroke: #30363d; }
            .s0 { stroke: #58a6ff; } .s1 { stroke: #f0883e; } .s2 { stroke: #3fb950; }
            .s3 { stroke: #bc8cff; } .s4 { stroke: #e3b341; }
            .f0 { fill: #58a6ff; } .f1 { fill: #f0883e; } .f2 { fill: #3fb950; }
            .f3 { fill: #bc8cff; } .f4 { fill: #e3b341; }
          }
        </style>
      """;

  private final StringBuilder svg = new StringBuilder();

  private Growth() {}

  /** Each picture shows the curves of one group, beside their own first points. */
  static String svg(List<Curve> curves, List<String> beneath) {
    Map<String, List<Curve>> groups = new LinkedHashMap<>();
    curves.forEach(
        curve -> groups.computeIfAbsent(curve.group(), group -> new ArrayList<>()).add(curve));
    return new Growth().draw(groups, beneath);
  }

  private String draw(Map<String, List<Curve>> groups, List<String> beneath) {
    List<Integer> tops = new ArrayList<>();
    int below = HEAD;
    List<List<Curve>> all = List.copyOf(groups.values());
    for (int i = 0; i < all.size(); i += ACROSS) {
      tops.add(below);
      int most =
          all.subList(i, Math.min(all.size(), i + ACROSS)).stream()
              .mapToInt(List::size)
              .max()
              .orElse(0);
      below += TOP + HEIGHT + AXIS + most * LINE;
    }
    below += LINE;
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
    svg.append(ACROSS * WIDTH).append(' ').append(below + beneath.size() * LINE);
    svg.append("\" role=\"img\" aria-labelledby=\"t\"");
    svg.append(" font-family=\"system-ui, sans-serif\" font-size=\"14\">\n");
    svg.append("  <title id=\"t\">Cost of one operation where there is much</title>\n");
    svg.append(STYLE);
    Chart.text(svg, MARGIN, 24, "", "Cost of one operation where there is much");
    Chart.text(svg, 330, 24, "small", "the least size = 1; flat is best; less is better");
    int number = 0;
    for (Map.Entry<String, List<Curve>> group : groups.entrySet()) {
      int x = number % ACROSS * WIDTH;
      picture(x, tops.get(number / ACROSS), group.getKey(), group.getValue());
      number++;
    }
    for (int line = 0; line < beneath.size(); line++) {
      Chart.text(svg, MARGIN, below + line * LINE, "small", beneath.get(line));
    }
    return svg.append("</svg>\n").toString();
  }

  private void picture(int x, int y, String title, List<Curve> curves) {
    Chart.text(svg, x + MARGIN, y + 20, "", title);
    double highest = 2;
    double least = Double.MAX_VALUE;
    double largest = 0;
    for (Curve curve : curves) {
      least = Math.min(least, curve.points().get(0).size());
      largest = Math.max(largest, curve.size());
      for (Curve.Point point : curve.points()) {
        highest = Math.max(highest, beside(curve, point));
      }
    }
    highest = rounded(highest);
    int zero = y + TOP + HEIGHT;
    double above = 1 / highest;
    for (double mark : new double[] {0, above, 1}) {
      double at = zero - mark * HEIGHT;
      svg.append(
          line("axis", List.of(new double[] {x + LEFT, at}, new double[] {x + WIDTH - RIGHT, at})));
      if (mark != above || highest <= CROWDED) {
        Chart.text(svg, x + MARGIN, (int) at + 4, "small", figure(mark * highest));
      }
    }
    Chart.text(svg, x + LEFT, zero + LINE, "small", Curve.text(least));
    svg.append(
        "  <text class=\"small\" text-anchor=\"end\" x=\"%d\" y=\"%d\">%s</text>%n"
            .formatted(
                x + WIDTH - RIGHT,
                zero + LINE,
                Chart.escape(Curve.text(largest) + ' ' + curves.get(0).over())));
    int legend = zero + AXIS;
    for (int i = 0; i < curves.size(); i++) {
      Curve curve = curves.get(i);
      List<double[]> line = new ArrayList<>();
      for (Curve.Point point : curve.points()) {
        double across =
            largest <= least ? 0 : Math.log(point.size() / least) / Math.log(largest / least);
        line.add(
            new double[] {
              x + LEFT + across * (WIDTH - LEFT - RIGHT),
              zero - beside(curve, point) / highest * HEIGHT
            });
      }
      svg.append(line("line s" + i % COLOURS, line));
      for (double[] point : line) {
        svg.append(
            String.format(
                Locale.ROOT,
                "  <circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>%n",
                i % COLOURS,
                point[0],
                point[1]));
      }
      svg.append(
          "  <rect class=\"f%d\" x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" rx=\"2\"/>%n"
              .formatted(i % COLOURS, x + LEFT, legend - 9));
      Chart.text(svg, x + LEFT + 16L, legend, "small", legend(curve));
      legend += LINE;
    }
  }

  private static String legend(Curve curve) {
    Curve.Point first = curve.points().get(0);
    return "%s: %s, from %s %s"
        .formatted(
            curve.what(), curve.growth().text() + " x", figure(first.median()), curve.unit());
  }

  private static double beside(Curve curve, Curve.Point point) {
    double first = curve.points().get(0).median();
    return first <= 0 ? 1 : point.median() / first;
  }

  /** The next of 2, 5, 10, 20, 50. */
  private static double rounded(double highest) {
    double step = 1;
    while (true) {
      for (double factor : new double[] {1, 2, 5}) {
        if (highest <= factor * step) {
          return factor * step;
        }
      }
      step *= 10;
    }
  }

  private static String line(String style, List<double[]> points) {
    StringBuilder line = new StringBuilder("  <polyline class=\"" + style + "\" points=\"");
    for (double[] point : points) {
      line.append(String.format(Locale.ROOT, "%.1f,%.1f ", point[0], point[1]));
    }
    return line.append("\"/>\n").toString();
  }

  /** Two digits that count. */
  static String figure(double value) {
    return String.format(
        Locale.ROOT,
        value == 0 ? "%.0f" : value < 0.95 ? "%.2f" : value < 9.5 ? "%.1f" : "%,.0f",
        value);
  }
}
