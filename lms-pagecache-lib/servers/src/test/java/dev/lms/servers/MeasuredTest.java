// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.jfr.PageJfr;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.micrometer.PageMeters;
import dev.lms.pagecache.opentelemetry.PageTelemetry;
import dev.lms.pagecache.store.PageStore;
import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.jfr.SessionJfr;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.micrometer.SessionMeters;
import dev.lms.session.opentelemetry.SessionTelemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/how-to/measure.md shows. */
class MeasuredTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  static Sessions.Builder metered(SessionStore store, KeyRing keys, MeterRegistry registry) {
    return SessionMeters.addTo(Sessions.builder(store, keys), registry, "redis");
  }

  static PageCache.Builder metered(PageStore store, MeterRegistry registry) {
    return PageMeters.addTo(PageCache.builder(store), registry);
  }

  static Sessions.Builder traced(SessionStore store, KeyRing keys, OpenTelemetry telemetry) {
    return SessionTelemetry.addTo(Sessions.builder(store, keys), telemetry, "redis");
  }

  static PageCache.Builder traced(PageStore store, OpenTelemetry telemetry) {
    return PageTelemetry.addTo(PageCache.builder(store), telemetry);
  }

  static Sessions.Builder recorded(SessionStore store, KeyRing keys) {
    return SessionJfr.addTo(Sessions.builder(store, keys));
  }

  static PageCache.Builder recorded(PageStore store) {
    return PageJfr.addTo(PageCache.builder(store));
  }

  private static void begin(Sessions sessions) {
    Session session = sessions.open(null);
    session.set("a", "1");
    session.commit();
  }

  @Test
  void metersAreInTheRegistry() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    begin(metered(MemorySessionStore.open(KEYS), KEYS, registry).build());
    PageCache _ = metered(new LocalPageStore(1 << 20), registry).build();
    assertEquals(1, registry.get("lms.session.created").tag("store", "redis").counter().count());
    assertEquals(0, registry.get("lms.page.cache.bytes").gauge().value());
  }

  @Test
  void spansAreExported() {
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    try (OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build()) {
      begin(traced(MemorySessionStore.open(KEYS), KEYS, sdk).build());
      PageCache _ = traced(new LocalPageStore(1 << 20), sdk).build();
      assertEquals("session create", spans.getFinishedSpanItems().get(0).getName());
    }
  }

  @Test
  void callsAreRecorded(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.lms.session.StoreCall");
      recording.start();
      begin(recorded(MemorySessionStore.open(KEYS), KEYS).build());
      PageCache _ = recorded(new LocalPageStore(1 << 20)).build();
      recording.stop();
      recording.dump(file);
    }
    assertEquals("create", RecordingFile.readAllEvents(file).get(0).getString("operation"));
  }
}
