// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.monitor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes the Prometheus text exposition format, version 0.0.4: a family's {@code HELP} and {@code
 * TYPE} once, then its samples. For one thread.
 *
 * <pre>{@code
 * out.counter("lms_example_total", "Examples given.", List.of(sample(3, "kind", "short")));
 * }</pre>
 *
 * <p>Names follow Prometheus' own advice: {@code lms_} first, base units (seconds, bytes) in the
 * name, counters end in {@code _total}.
 */
public final class MetricsWriter {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final StringBuilder text = new StringBuilder(8 * 1024);
  private final Set<String> written = new HashSet<>();

  /**
   * One value of a family.
   *
   * @param labels names and values in turn
   */
  public record Sample(double value, List<String> labels) {
    /** Checks that every label has a value. */
    public Sample {
      labels = List.copyOf(labels);
      if (labels.size() % 2 != 0) {
        throw new IllegalArgumentException("a label without a value: " + labels);
      }
    }
  }

  /**
   * How the values of one series of a histogram are spread.
   *
   * @param bounds upper bounds, rising; what is above the last is in the last count only
   * @param counts values up to each bound and above the one before; one more than there are bounds
   * @param sum of all values
   * @param labels names and values in turn
   */
  public record Distribution(
      List<Double> bounds, List<Long> counts, double sum, List<String> labels) {
    /** Checks that the numbers fit together. */
    public Distribution {
      bounds = List.copyOf(bounds);
      counts = List.copyOf(counts);
      labels = List.copyOf(labels);
      if (counts.size() != bounds.size() + 1) {
        throw new IllegalArgumentException(
            counts.size() + " counts do not fit " + bounds.size() + " bounds");
      }
    }
  }

  /** A value with these labels, names and values in turn. */
  public static Sample sample(double value, String... labels) {
    return new Sample(value, List.of(labels));
  }

  /** A count with these labels; beyond 2^53 it loses its last digits. */
  public static Sample sample(long value, String... labels) {
    return sample((double) value, labels);
  }

  /** What only grows, until the process ends. */
  public void counter(String name, String help, List<Sample> samples) {
    family(name, help, "counter", samples);
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
    family(name, help, "gauge", samples);
  }

  /** A gauge without labels. */
  public void gauge(String name, String help, double value) {
    gauge(name, help, List.of(sample(value)));
  }

  /** Values counted by size. */
  public void histogram(String name, String help, List<Distribution> series) {
    begin(name, help, "histogram");
    for (Distribution one : series) {
      long upTo = 0;
      for (int i = 0; i < one.bounds().size(); i++) {
        upTo += one.counts().get(i);
        line(name + "_bucket", with(one.labels(), number(one.bounds().get(i))), (double) upTo);
      }
      upTo += one.counts().get(one.bounds().size());
      line(name + "_bucket", with(one.labels(), "+Inf"), (double) upTo);
      line(name + "_sum", one.labels(), one.sum());
      line(name + "_count", one.labels(), (double) upTo);
    }
  }

  private void family(String name, String help, String type, List<Sample> samples) {
    begin(name, help, type);
    samples.forEach(sample -> line(name, sample.labels(), sample.value()));
  }

  private void begin(String name, String help, String type) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not the name of a metric: '" + name + "'");
    }
    if (!written.add(name)) {
      throw new IllegalStateException("written twice: " + name);
    }
    text.append("# HELP ").append(name).append(' ');
    text.append(help.replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static List<String> with(List<String> labels, String bound) {
    List<String> all = new ArrayList<>(labels);
    all.add("le");
    all.add(bound);
    return all;
  }

  private void line(String name, List<String> labels, double value) {
    text.append(name);
    for (int i = 0; i < labels.size(); i += 2) {
      String label = labels.get(i);
      if (!LABEL.matcher(label).matches()) {
        throw new IllegalArgumentException("not the name of a label: '" + label + "'");
      }
      text.append(i == 0 ? '{' : ',').append(label).append("=\"");
      text.append(escape(labels.get(i + 1))).append('"');
    }
    text.append(labels.isEmpty() ? " " : "} ").append(number(value)).append('\n');
  }

  private static String escape(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /** As Go's ParseFloat reads it. */
  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return whole ? Long.toString((long) value) : Double.toString(value);
  }

  /** All that was written. */
  @Override
  public String toString() {
    return text.toString();
  }
}
