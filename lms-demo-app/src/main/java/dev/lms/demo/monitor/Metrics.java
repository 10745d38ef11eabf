// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.monitor;

import java.util.concurrent.CopyOnWriteArrayList;

/** What this process counts. Thread-safe. */
public final class Metrics {

  /** A part of the site that counts something. */
  @FunctionalInterface
  public interface Source {
    /** Writes families of its own, each whole; asks nobody and waits for nothing. */
    void writeTo(MetricsWriter out);
  }

  private final CopyOnWriteArrayList<Source> sources = new CopyOnWriteArrayList<>();

  /** Adds a source, after those that are there. */
  public Metrics add(Source source) {
    sources.add(source);
    return this;
  }

  /** All of it as Prometheus reads it. */
  public String text() {
    MetricsWriter out = new MetricsWriter();
    sources.forEach(source -> source.writeTo(out));
    return out.toString();
  }
}
