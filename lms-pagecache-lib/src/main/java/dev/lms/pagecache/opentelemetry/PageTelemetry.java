// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.opentelemetry;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.observation.PageObserver;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tells OpenTelemetry of the requests of a page cache: a span for each, another below it for each
 * run of a handler, both with what the cache made of the request, and metrics; {@code
 * docs/reference/metrics.md} lists them. No attribute names a person, a path or a part of a key.
 */
public final class PageTelemetry {
  private static final String SCOPE = "dev.lms.pagecache";
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("lms.page.route");
  private static final AttributeKey<String> VARIANT = AttributeKey.stringKey("lms.page.variant");
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("lms.page.result");
  private static final AttributeKey<Boolean> STORED = AttributeKey.booleanKey("lms.page.stored");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("lms.page.reason");
  private static final double NANOS = 1e9;

  /** What the SDK goes by. */
  private static final InstantSource CLOCK = InstantSource.system();

  private static final List<Double> BOUNDS =
      List.of(.0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1.0, 2.5, 10.0);

  private PageTelemetry() {}

  /**
   * Has a cache traced and counted from when it is built.
   *
   * @param cache the cache to be built
   * @param telemetry where spans and metrics go
   * @return the same builder
   */
  public static PageCache.Builder addTo(PageCache.Builder cache, OpenTelemetry telemetry) {
    return cache.observer(new Requests(telemetry.getTracer(SCOPE), telemetry.getMeter(SCOPE)));
  }

  private static void fail(Span span, Throwable failure) {
    span.setStatus(StatusCode.ERROR);
    span.recordException(failure);
  }

  /** What the cache is asked. */
  private static final class Requests implements PageObserver {
    private final Tracer tracer;
    private final Meter meter;
    private final DoubleHistogram durations;
    private final DoubleHistogram renders;
    private final LongCounter stored;
    private final LongCounter passed;

    Requests(Tracer tracer, Meter meter) {
      this.tracer = tracer;
      this.meter = meter;
      this.durations =
          histogram("duration", "From when a request reached the page cache to its answer's end");
      this.renders = histogram("render.duration", "How long handlers took");
      this.stored = counter("stored", "Pages stored");
      this.passed = counter("passed", "Answers neither from the cache nor stored");
    }

    private DoubleHistogram histogram(String name, String description) {
      return meter
          .histogramBuilder("lms.page.cache." + name)
          .setDescription(description)
          .setUnit("s")
          .setExplicitBucketBoundariesAdvice(BOUNDS)
          .build();
    }

    private LongCounter counter(String name, String description) {
      return meter.counterBuilder("lms.page.cache." + name).setDescription(description).build();
    }

    @Override
    public void watches(LongSupplier bytes, LongSupplier sharedBytes) {
      gauge("bytes", "Memory that pages take in this process", bytes);
      gauge(
          "shared.bytes",
          "Memory that the pages of all processes take in the store they share",
          sharedBytes);
    }

    private void gauge(String name, String description, LongSupplier value) {
      meter
          .gaugeBuilder("lms.page.cache." + name)
          .ofLongs()
          .setDescription(description)
          .setUnit("By")
          .buildWithCallback(measurement -> measurement.record(value.getAsLong()));
    }

    @Override
    public Served begins(String route) {
      return new Request(this, route);
    }

    private void count(Attributes page, PageObserver.Verdict verdict, long nanos) {
      durations.record(nanos / NANOS, page.toBuilder().put(RESULT, verdict.result()).build());
      if (verdict.stored()) {
        stored.add(1, page);
      }
      verdict
          .reason()
          .ifPresent(reason -> passed.add(1, page.toBuilder().put(REASON, reason).build()));
    }
  }

  /** A run of a handler that has ended, and whose verdict is to come. */
  private record Rendered(Span span, Instant began, long nanos) {
    void end(Attributes verdict) {
      span.setAllAttributes(verdict);
      span.end(began.plusNanos(nanos));
    }
  }

  /** A request on its way. For one thread. */
  private static final class Request implements PageObserver.Served {
    private final Requests all;
    private final String route;
    private final Span span;
    private final Scope scope;
    private final long began = System.nanoTime();
    private final List<Rendered> renders = new ArrayList<>(1);

    @SuppressWarnings("MustBeClosedChecker") // Closed where the request ends.
    Request(Requests all, String route) {
      this.all = all;
      this.route = route.isEmpty() ? "none" : route;
      this.span = all.tracer.spanBuilder("page").setAttribute(ROUTE, this.route).startSpan();
      this.scope = span.makeCurrent();
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed where the handler ends.
    public PageObserver.Render renders() {
      Instant begun = CLOCK.instant();
      long start = System.nanoTime();
      Span render =
          all.tracer
              .spanBuilder("render")
              .setAttribute(ROUTE, route)
              .setStartTimestamp(begun)
              .startSpan();
      Scope current = render.makeCurrent();
      return failure -> {
        current.close();
        failure.ifPresent(thrown -> fail(render, thrown));
        renders.add(new Rendered(render, begun, System.nanoTime() - start));
      };
    }

    @Override
    public void ended(PageObserver.Verdict verdict, Optional<Throwable> failure) {
      scope.close();
      AttributesBuilder known =
          Attributes.builder()
              .put(VARIANT, verdict.variant())
              .put(RESULT, verdict.result())
              .put(STORED, verdict.stored());
      verdict.reason().ifPresent(reason -> known.put(REASON, reason));
      Attributes attributes = known.build();
      renders.forEach(render -> render.end(attributes));
      failure.ifPresent(thrown -> fail(span, thrown));
      span.setAllAttributes(attributes);
      span.end();
      Attributes page = Attributes.of(ROUTE, route, VARIANT, verdict.variant());
      all.count(page, verdict, System.nanoTime() - began);
      renders.forEach(render -> all.renders.record(render.nanos() / NANOS, page));
    }
  }
}
