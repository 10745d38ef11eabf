// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.List;

/** A report as pages print it. */
record ReportView(
    int naiveWrong,
    boolean naiveBad,
    int oursWrong,
    boolean oursBad,
    List<RowView> naive,
    List<RowView> ours) {

  /** A row of one side. */
  record RowView(String label, String summary, String svg, boolean bad) {
    static RowView of(Report.Row row) {
      return new RowView(row.label(), row.summary(), row.svg(), row.wrong() > 0);
    }
  }

  ReportView(Report report) {
    this(
        report.naiveWrong(),
        report.naiveWrong() > 0,
        report.oursWrong(),
        report.oursWrong() > 0,
        report.naive().stream().map(RowView::of).toList(),
        report.ours().stream().map(RowView::of).toList());
  }
}
