// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import static dev.lms.demo.monitor.Families.sample;

import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import dev.lms.session.EndReason;
import dev.lms.session.SessionStatistics;
import dev.lms.session.SessionStatistics.Latency;
import dev.lms.session.SessionStatistics.StoreOperation;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What happened to sessions in this process. */
public final class SessionMetrics implements Metrics.Source {
  private static final double NANOS = 1e9;

  private final Supplier<SessionStatistics> statistics;

  /** Writes what these say at the time. */
  public SessionMetrics(Supplier<SessionStatistics> statistics) {
    this.statistics = statistics;
  }

  @Override
  public void addTo(Families out) {
    SessionStatistics now = statistics.get();
    out.counter("lms_session_created_total", "Sessions that began.", now.created());
    out.counter("lms_session_rotated_total", "Sessions that got a new id.", now.rotated());
    out.counter(
        "lms_session_reused_total", "Old ids that came back after a rotation.", now.reused());
    out.counter(
        "lms_session_ended_total",
        "Sessions that ended by a request.",
        Arrays.stream(EndReason.values())
            .map(why -> sample(now.ended().getOrDefault(why, 0L), "reason", label(why)))
            .toList());
    out.counter(
        "lms_session_conflicts_total",
        "Commits refused because of another's change.",
        now.conflicts());
    out.counter(
        "lms_session_gone_total", "Commits that met a session which had ended.", now.gone());
    out.counter(
        "lms_session_tampered_total",
        "Cookies that were not made with the site's keys.",
        now.tampered());
    out.counter(
        "lms_session_unreadable_total",
        "Stored sessions that could not be read.",
        now.unreadable());
    out.counter("lms_session_store_outages_total", "Outages of the store.", now.outages());
    out.counter(
        "lms_session_passports_total",
        "Requests that went on by a passport in an outage.",
        now.onPassport());
    out.gauge(
        "lms_session_store_outage",
        "1 while the store is asked by one probe at a time only.",
        now.inOutage() ? 1 : 0);
    out.counter(
        "lms_session_store_refused_total", "Calls kept from a store in outage.", now.refused());
    Map<StoreOperation, SessionStatistics.Operation> operations = new TreeMap<>(now.operations());
    List<Families.Sample> failures = new ArrayList<>();
    List<Families.Distribution> durations = new ArrayList<>();
    operations.forEach(
        (operation, counted) -> {
          failures.add(sample(counted.failures(), "operation", label(operation)));
          durations.add(distribution(counted.latency(), label(operation)));
        });
    out.counter("lms_session_store_failures_total", "Calls the store did not answer.", failures);
    out.histogram(
        "lms_session_store_duration_seconds",
        "How long the store took, failures included.",
        durations);
  }

  private static Families.Distribution distribution(Latency latency, String operation) {
    List<Double> bounds = new ArrayList<>();
    for (int bucket = 0; bucket < Latency.BUCKETS - 1; bucket++) {
      bounds.add(seconds(Latency.upperBound(bucket)));
    }
    return new Families.Distribution(
        bounds, latency.counts(), seconds(latency.total()), Labels.of("operation", operation));
  }

  private static double seconds(Duration duration) {
    return (double) duration.toNanos() / NANOS;
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
