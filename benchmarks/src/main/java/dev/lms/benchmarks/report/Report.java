// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A run as a page of Markdown. */
final class Report {
  private Report() {}

  static String of(Result result) {
    StringBuilder page = new StringBuilder("# Benchmarks\n\n");
    result.beneath().forEach(line -> page.append("- ").append(line).append('\n'));
    page.append(
        String.format(
            Locale.ROOT,
            "- %.1f processors at work before the run%s%n",
            result.machine().load(),
            result.machine().wasBusy()
                ? ": the machine was busy, do not trust these figures"
                : ""));
    if (result.machine().evenness() != null) {
      page.append("- ").append(result.machine().evenness().text()).append('\n');
    }
    page.append("- ").append(duration(result.seconds())).append("; ratios count, times do not\n");
    result.missing().forEach(line -> page.append("- ").append(line).append('\n'));
    limits(page, result);
    curves(page, result);
    List<List<String>> times =
        result.times().stream()
            .map(
                time ->
                    List.of(
                        time.benchmark(),
                        Integer.toString(time.threads()),
                        new Spread(time.quickest(), time.rounds()).text() + ' ' + time.unit(),
                        time.bytes() == null
                            ? "-"
                            : String.format(Locale.ROOT, "%,.0f B", time.bytes())))
            .toList();
    String what = "## Times\n\n" + picture(Chart.reads(result).isPresent(), "reads");
    table(page, what, List.of("contender", "threads", "time", "allocated"), times);
    List<List<String>> rates =
        result.rates().stream()
            .map(
                rate ->
                    List.of(
                        rate.name(),
                        String.format(Locale.ROOT, "%,.0f", Spread.of(rate.rounds()).value()),
                        String.format(Locale.ROOT, "%.2f / %.2f", rate.p50(), rate.p99()),
                        rate.cpuMicros() == null
                            ? "-"
                            : String.format(Locale.ROOT, "%.0f", rate.cpuMicros())))
            .toList();
    what = "## Pages over HTTP\n\n" + picture(!rates.isEmpty(), "pages");
    List<String> columns =
        List.of("contender", "requests per second", "p50 / p99 ms", "server's CPU, us a request");
    table(page, what, columns, rates);
    List<List<String>> guarantees =
        result.guarantees().stream()
            .map(
                cell ->
                    List.of(
                        cell.guarantee() + ": " + cell.what(),
                        cell.contender(),
                        cell.broken() == 0 ? cell.text() : "**" + cell.text() + "**",
                        cell.seen() == null ? "" : oneLine(cell.seen()),
                        "`lmsctl bench guarantees "
                            + cell.scenario()
                            + " "
                            + cell.contender()
                            + '`'))
            .toList();
    List<String> head = List.of("must hold", "contender", "", "seen first", "again");
    table(page, "## Guarantees\n\n", head, guarantees);
    List<List<String>> versions =
        result.versions().entrySet().stream()
            .map(version -> List.of(version.getKey(), version.getValue()))
            .toList();
    table(page, "## Versions\n\n", List.of("", ""), versions);
    return page.toString();
  }

  private static void limits(StringBuilder page, Result result) {
    List<List<String>> rows = new ArrayList<>();
    for (Ratio ratio : result.ratios()) {
      rows.add(
          List.of(
              ratio.work(),
              ratio.beside(),
              ratio.threads() == 0 ? "" : Integer.toString(ratio.threads()),
              ratio.limitText(),
              ratio.text(),
              ratio.holds() ? ratio.verdict() : "**" + ratio.verdict() + "**"));
    }
    table(page, "## Limits\n\n", List.of("work", "beside", "threads", "limit", "ratio", ""), rows);
  }

  private static void curves(StringBuilder page, Result result) {
    List<List<String>> rows = new ArrayList<>();
    for (Curve curve : result.curves()) {
      String points =
          curve.points().stream()
              .map(point -> Curve.text(point.size()) + ": " + Growth.figure(point.median()))
              .collect(Collectors.joining("; "));
      rows.add(
          List.of(
              curve.group() + ": " + curve.what(),
              curve.over(),
              points + ' ' + curve.unit(),
              curve.growth().text() + " x"));
    }
    String title = "## Growth\n\n" + picture(!rows.isEmpty(), "growth");
    table(page, title, List.of("work", "over", "cost", "last / first"), rows);
  }

  private static String picture(boolean there, String name) {
    return there ? "![" + name + "](" + name + ".svg)\n\n" : "";
  }

  /** As a cell of a table may hold it. */
  private static String oneLine(String text) {
    return text.lines().findFirst().orElse("").replace('|', '/');
  }

  private static String duration(long seconds) {
    return String.format(Locale.ROOT, "took %d:%02d minutes", seconds / 60, seconds % 60);
  }

  private static void table(
      StringBuilder page, String title, List<String> head, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    page.append('\n').append(title);
    row(page, head);
    page.append("|---".repeat(head.size())).append("|\n");
    rows.forEach(cells -> row(page, cells));
  }

  private static void row(StringBuilder page, List<String> cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
