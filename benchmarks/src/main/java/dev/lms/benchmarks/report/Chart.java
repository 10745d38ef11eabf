// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Horizontal bars as a small SVG, which reads well in light and in dark. */
record Chart(String file, String title, String note, List<Bar> bars, List<String> beneath) {
  private static final int WIDTH = 790;
  private static final int LEFT = 310;
  private static final int RIGHT = 60;
  private static final int TOP = 44;
  private static final int ROW = 34;
  private static final int LINE = 18;

  private static final String STYLE =
      """
        <style>
          text { fill: #1f2328; } .small { font-size: 12px; fill: #57606a; }
          .bar { fill: #8c959f; } .ours { fill: #0969da; }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; } .small { fill: #8b949e; }
            .bar { fill: #6e7681; } .ours { fill: #58a6ff; }
          }
        </style>
      """;

  private static final String OURS = "RedisBenchmark.read";
  private static final List<Map.Entry<String, String>> READS =
      List.of(
          Map.entry(OURS, "lms-session-lib, Redis"),
          Map.entry("RedisBenchmark.readRawHgetall", "bare HGETALL, decoded"),
          Map.entry("RedisBenchmark.readSpringJedis", "Spring Session, Jedis"),
          Map.entry("RedisBenchmark.readSpringLettuce", "Spring Session, Lettuce"),
          Map.entry(
              "RedisBenchmark.readSpringIndexedJedis", "Spring Session with its index, Jedis"),
          Map.entry(
              "RedisBenchmark.readSpringIndexedLettuce", "Spring Session with its index, Lettuce"));

  /**
   * A contender.
   *
   * @param value zero or more
   * @param ours whether it is this project's
   */
  record Bar(String label, double value, boolean ours) {}

  /** What a read-only request takes on one thread; empty if ours was not measured. */
  static Optional<Chart> reads(Result result) {
    List<Double> ours = onOneThread(result, OURS);
    List<Bar> bars = new ArrayList<>();
    for (Map.Entry<String, String> read : READS) {
      Spread ratio = Spread.ofTimes(onOneThread(result, read.getKey()), ours);
      if (!ratio.isEmpty()) {
        bars.add(new Bar(read.getValue(), ratio.value(), read.getKey().equals(OURS)));
      }
    }
    String title = "Time of a read-only request";
    return chart("reads.svg", title, "ours = 1; less is better", bars, result);
  }

  private static List<Double> onOneThread(Result result, String benchmark) {
    return result.times().stream()
        .filter(time -> time.benchmark().equals(benchmark) && time.threads() == 1)
        .findFirst()
        .map(Time::rounds)
        .orElse(List.of());
  }

  /** How many pages a second are answered; empty if nothing was measured over HTTP. */
  static Optional<Chart> pages(Result result) {
    List<Bar> bars = new ArrayList<>();
    for (Rate rate : result.rates()) {
      // The first is a stranger's page from the cache.
      Spread ratio = Spread.ofRatios(rate.rounds(), result.rates().get(0).rounds());
      bars.add(new Bar(rate.name(), ratio.value(), rate.ours()));
    }
    return chart(
        "pages.svg",
        "Pages per second over HTTP",
        "a stranger's cached page = 1; more is better",
        bars,
        result);
  }

  private static Optional<Chart> chart(
      String file, String title, String note, List<Bar> bars, Result result) {
    return bars.isEmpty()
        ? Optional.empty()
        : Optional.of(new Chart(file, title, note, List.copyOf(bars), result.beneath()));
  }

  String svg() {
    double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
    int below = TOP + bars.size() * ROW + LINE;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(WIDTH);
    svg.append(' ').append(below + beneath.size() * LINE);
    svg.append("\" role=\"img\" aria-labelledby=\"t\"");
    svg.append(" font-family=\"system-ui, sans-serif\" font-size=\"14\">\n");
    svg.append("  <title id=\"t\">").append(escape(title + ", " + note)).append("</title>\n");
    svg.append(STYLE);
    text(svg, 10, 24, "", title);
    text(svg, LEFT, 24, "small", note);
    int y = TOP;
    for (Bar bar : bars) {
      long width = most <= 0 ? 0 : Math.round((WIDTH - LEFT - RIGHT) * bar.value() / most);
      text(svg, 10, y + 15, "", bar.label());
      svg.append("  <rect class=\"").append(bar.ours() ? "ours" : "bar").append("\" x=\"");
      svg.append(LEFT).append("\" y=\"").append(y).append("\" width=\"").append(width);
      svg.append("\" height=\"20\" rx=\"3\"/>\n");
      text(svg, LEFT + width + 8, y + 15, "", number(bar.value()));
      y += ROW;
    }
    for (int line = 0; line < beneath.size(); line++) {
      text(svg, 10, below + line * LINE, "small", beneath.get(line));
    }
    return svg.append("</svg>\n").toString();
  }

  /** Two digits that count. */
  private static String number(double value) {
    return String.format(Locale.ROOT, value < 0.95 ? "%.2f" : "%.1f", value);
  }

  static void text(StringBuilder svg, long x, int y, String style, String text) {
    svg.append("  <text x=\"").append(x).append("\" y=\"").append(y).append('"');
    if (!style.isEmpty()) {
      svg.append(" class=\"").append(style).append('"');
    }
    svg.append('>').append(escape(text)).append("</text>\n");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
