// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.monitor;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;

/**
 * What parts of the site count themselves, as Prometheus' client takes it: each family whole, and
 * once. For one thread.
 *
 * <pre>{@code
 * families.counter("lms_example_total", "Examples given.", List.of(sample(3, "kind", "short")));
 * }</pre>
 *
 * <p>Names follow Prometheus' own advice: {@code lms_} first, base units (seconds, bytes) in the
 * name, counters end in {@code _total}.
 */
public final class Families {
  private static final String TOTAL = "_total";

  private final List<MetricSnapshot> families = new ArrayList<>();

  /** One value of a family. */
  public record Sample(double value, Labels labels) {}

  /**
   * How the values of one series of a histogram are spread.
   *
   * @param bounds upper bounds, rising; what is above the last is in the last count only
   * @param counts values up to each bound and above the one before; one more than there are bounds
   * @param sum of all values
   */
  public record Distribution(List<Double> bounds, List<Long> counts, double sum, Labels labels) {
    /** Checks that the numbers fit together. */
    public Distribution {
      bounds = List.copyOf(bounds);
      counts = List.copyOf(counts);
      if (counts.size() != bounds.size() + 1) {
        throw new IllegalArgumentException(
            counts.size() + " counts do not fit " + bounds.size() + " bounds");
      }
    }

    private ClassicHistogramBuckets buckets() {
      List<Double> all = new ArrayList<>(bounds);
      all.add(Double.POSITIVE_INFINITY);
      return ClassicHistogramBuckets.of(all, counts);
    }
  }

  /** A value with these labels, names and values in turn. */
  public static Sample sample(double value, String... labels) {
    return new Sample(value, Labels.of(labels));
  }

  /** A count with these labels; beyond 2^53 it loses its last digits. */
  public static Sample sample(long value, String... labels) {
    return sample((double) value, labels);
  }

  /** What only grows, until the process ends; the name ends in {@code _total}. */
  public void counter(String name, String help, List<Sample> samples) {
    CounterSnapshot.Builder family =
        CounterSnapshot.builder().name(name.substring(0, name.length() - TOTAL.length()));
    for (Sample sample : samples) {
      family.dataPoint(
          CounterDataPointSnapshot.builder().value(sample.value()).labels(sample.labels()).build());
    }
    families.add(family.help(help).build());
  }

  /** A counter without labels. */
  public void counter(String name, String help, double value) {
    counter(name, help, List.of(sample(value)));
  }

  /** A counter without labels, of whole numbers. */
  public void counter(String name, String help, long value) {
    counter(name, help, List.of(sample(value)));
  }

  /** What goes up and down. */
  public void gauge(String name, String help, List<Sample> samples) {
    GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name);
    for (Sample sample : samples) {
      family.dataPoint(
          GaugeDataPointSnapshot.builder().value(sample.value()).labels(sample.labels()).build());
    }
    families.add(family.help(help).build());
  }

  /** A gauge without labels. */
  public void gauge(String name, String help, double value) {
    gauge(name, help, List.of(sample(value)));
  }

  /** Values counted by size. */
  public void histogram(String name, String help, List<Distribution> series) {
    HistogramSnapshot.Builder family = HistogramSnapshot.builder().name(name);
    for (Distribution one : series) {
      family.dataPoint(
          HistogramDataPointSnapshot.builder()
              .classicHistogramBuckets(one.buckets())
              .sum(one.sum())
              .labels(one.labels())
              .build());
    }
    families.add(family.help(help).build());
  }

  MetricSnapshots all() {
    return new MetricSnapshots(families);
  }
}
