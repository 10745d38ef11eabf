// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import static dev.lms.demo.monitor.Families.sample;

import dev.lms.demo.data.Database;
import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import java.util.List;

/** Who works with the database, and who waits to. */
record DatabaseMetrics(Database database) implements Metrics.Source {
  @Override
  public void addTo(Families out) {
    List<Database.Load> load = database.load();
    out.gauge(
        "lms_database_active",
        "Transactions under way.",
        load.stream().map(one -> sample((double) one.active(), "lane", one.lane())).toList());
    out.gauge(
        "lms_database_queued",
        "Callers that wait for the database.",
        load.stream().map(one -> sample((double) one.waiting(), "lane", one.lane())).toList());
  }
}
