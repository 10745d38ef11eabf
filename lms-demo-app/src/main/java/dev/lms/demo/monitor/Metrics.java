// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.monitor;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/** What this process counts. Thread-safe. */
public final class Metrics {
  private static final int TYPICAL_BYTES = 32 * 1024;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AtomicBoolean jvmIsToCome = new AtomicBoolean();

  /** A part of the site that counts something. */
  @FunctionalInterface
  public interface Source {
    /** Adds families of its own, each whole; asks nobody and waits for nothing. */
    void addTo(Families families);
  }

  /** Adds a source. */
  public Metrics add(Source source) {
    MultiCollector collector =
        () -> {
          Families families = new Families();
          source.addTo(families);
          return families.all();
        };
    registry.register(collector);
    return this;
  }

  /**
   * Adds the JVM's own figures: memory, collections, threads, descriptors. What reads them is
   * loaded when somebody asks first; it would make each start slower.
   */
  public Metrics withJvm() {
    jvmIsToCome.set(true);
    return this;
  }

  /** Where meters of Prometheus' client are registered. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** All of it in the Prometheus text format, version 0.0.4. */
  public String text() {
    if (jvmIsToCome.compareAndSet(true, false)) {
      JvmMetrics.builder().register(registry);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(TYPICAL_BYTES);
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
