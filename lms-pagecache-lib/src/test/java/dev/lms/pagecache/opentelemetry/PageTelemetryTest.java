// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.opentelemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.program.WatchedSite;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an SDK exports after requests to a real server. */
class PageTelemetryTest {
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
          .build();
  private WatchedSite site;

  @BeforeEach
  void start() throws IOException {
    site = new WatchedSite(cache -> PageTelemetry.addTo(cache, sdk));
  }

  @AfterEach
  void stop() {
    site.close();
    sdk.close();
  }

  private List<SpanData> ended(int count) {
    List<SpanData> ended = spans.getFinishedSpanItems();
    assertEquals(count, ended.size(), ended.toString());
    spans.reset();
    return ended;
  }

  private static String told(SpanData span) {
    String reason = attribute(span, "reason");
    return span.getName()
        + ' '
        + attribute(span, "route")
        + ' '
        + attribute(span, "variant")
        + ' '
        + attribute(span, "result")
        + (Boolean.TRUE.equals(span.getAttributes().get(AttributeKey.booleanKey("lms.page.stored")))
            ? " stored"
            : "")
        + (reason.equals("null") ? "" : " " + reason);
  }

  private static String attribute(SpanData span, String name) {
    return String.valueOf(span.getAttributes().get(AttributeKey.stringKey("lms.page." + name)));
  }

  @Test
  void aRenderIsASpanBelowItsRequestAndBothCarryTheVerdict() throws Exception {
    site.inHandler(() -> sdk.getTracer("test").spanBuilder("query").startSpan().end());
    site.get("/course");
    List<SpanData> miss = ended(3);
    assertEquals("query", miss.get(0).getName());
    assertEquals("render /course anon miss stored", told(miss.get(1)));
    assertEquals("page /course anon miss stored", told(miss.get(2)));
    assertEquals(miss.get(1).getSpanId(), miss.get(0).getParentSpanId(), "the handler's own");
    assertEquals(miss.get(2).getSpanId(), miss.get(1).getParentSpanId());
    assertEquals("0000000000000000", miss.get(2).getParentSpanId());
    assertTrue(miss.get(1).getEndEpochNanos() >= miss.get(1).getStartEpochNanos());

    site.get("/course");
    assertEquals("page /course anon hit", told(ended(1).get(0)));
  }

  @Test
  void aBypassSaysWhy() throws Exception {
    site.inHandler(() -> assertTrue(Span.current().getSpanContext().isValid()));
    site.get("/form", "X-User", "grace");
    List<SpanData> all = ended(2);
    assertEquals("render /form user bypass never", told(all.get(0)));
    assertEquals("page /form user bypass never", told(all.get(1)));
    assertFalse(all.toString().contains("grace"), "nobody is named");
  }

  @Test
  void aRenderThatNoRequestWaitsForIsTold() throws Exception {
    site.get("/course");
    ended(2);
    site.later(Duration.ofSeconds(100));
    site.get("/course");
    List<String> told = ended(3).stream().map(PageTelemetryTest::told).sorted().toList();
    assertEquals(
        List.of(
            "page /course anon background stored",
            "page /course anon stale",
            "render /course anon background stored"),
        told);
  }

  @Test
  void aHandlerThatFailsIsAnError() throws Exception {
    site.get("/fails");
    List<SpanData> all = ended(2);
    assertEquals("render /fails anon miss aborted", told(all.get(0)));
    for (SpanData span : all) {
      assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
      assertEquals("exception", span.getEvents().get(0).getName());
    }
  }

  @Test
  void noSpanStaysTheCurrentOne() throws Exception {
    site.get("/fails");
    site.get("/course");
    List<SpanData> all = ended(4);
    assertEquals(
        2, all.stream().filter(s -> s.getParentSpanId().equals("0000000000000000")).count());
  }

  @Test
  void metricsCountByRouteVariantAndResult() throws Exception {
    site.get("/course");
    site.get("/course");
    site.get("/form");
    ended(5);
    long requests =
        metric("lms.page.cache.duration").getHistogramData().getPoints().stream()
            .mapToLong(HistogramPointData::getCount)
            .sum();
    assertEquals(3, requests);
    MetricData renders = metric("lms.page.cache.render.duration");
    assertEquals("s", renders.getUnit());
    assertEquals(2, renders.getHistogramData().getPoints().size(), "by route");
    assertEquals(
        1,
        metric("lms.page.cache.stored").getLongSumData().getPoints().iterator().next().getValue());
    assertTrue(
        metric("lms.page.cache.bytes").getLongGaugeData().getPoints().iterator().next().getValue()
            > 0);
  }

  private MetricData metric(String name) {
    return metrics.collectAllMetrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
