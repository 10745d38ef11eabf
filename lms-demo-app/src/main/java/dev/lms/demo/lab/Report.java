// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.view.Html;
import java.util.List;

/**
 * What came of an experiment.
 *
 * @param naive what the naive side did
 * @param ours what ours did, in the same rows
 */
record Report(List<Row> naive, List<Row> ours) {

  /**
   * One observation.
   *
   * @param says what was seen, in words
   */
  record Dot(boolean wrong, String says) {}

  /** Observations of one kind, in their order. */
  record Row(String label, List<Dot> dots) {
    private static final int IN_A_LINE = 25;
    private static final int STEP = 22;

    int wrong() {
      return (int) dots.stream().filter(Dot::wrong).count();
    }

    String summary() {
      if (wrong() > 0) {
        return wrong() + " of " + dots.size() + " wrong";
      }
      return dots.size() == 1 ? "right" : "all " + dots.size() + " right";
    }

    /** The dots as a picture: what is wrong is crossed out, for who does not tell colours apart. */
    String svg() {
      int width = STEP * Math.min(dots.size(), IN_A_LINE);
      int height = STEP * Math.max(1, (dots.size() + IN_A_LINE - 1) / IN_A_LINE);
      StringBuilder svg = new StringBuilder();
      svg.append(
          "<svg class=\"dots\" role=\"img\" aria-label=\"%s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">"
              .formatted(Html.escape(label + ": " + summary()), width, height, width, height));
      for (int i = 0; i < dots.size(); i++) {
        dot(svg, dots.get(i), i % IN_A_LINE * STEP + STEP / 2, i / IN_A_LINE * STEP + STEP / 2);
      }
      return svg.append("</svg>").toString();
    }

    private static void dot(StringBuilder svg, Dot dot, int x, int y) {
      svg.append("<g class=\"").append(dot.wrong() ? "wrong" : "right").append("\"><title>");
      svg.append(Html.escape(dot.says())).append("</title>");
      svg.append("<circle cx=\"%d\" cy=\"%d\" r=\"8\"/>".formatted(x, y));
      svg.append(
          dot.wrong()
              ? "<path d=\"M%d %dl7 7m0-7l-7 7\"/>".formatted(x - 3, y - 3)
              : "<path d=\"M%d %dl3 3 5-6\"/>".formatted(x - 4, y));
      svg.append("</g>");
    }
  }

  int naiveWrong() {
    return naive.stream().mapToInt(Row::wrong).sum();
  }

  int oursWrong() {
    return ours.stream().mapToInt(Row::wrong).sum();
  }
}
