// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.micrometer;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.observation.PageObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Counts and times the requests of a page cache in a Micrometer registry, by route, variant and
 * what the cache made of them; {@code docs/reference/metrics.md} lists the meters. No tag names a
 * person, a path or a part of a key.
 *
 * <p>Latencies are histograms with bounds from 500 µs to 10 s. To have other bounds, give the
 * registry a {@code MeterFilter} that configures {@code lms.page.cache.duration} or {@code
 * lms.page.cache.render.duration}.
 */
public final class PageMeters {
  private static final Duration[] BOUNDS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(10)
  };

  private static final String DURATION =
      "From when a request reached the page cache to the end of its answer";
  private static final String RENDER_DURATION = "How long handlers took";

  private PageMeters() {}

  /**
   * Has a cache counted in a registry from when it is built.
   *
   * @param cache the cache to be built
   * @param registry where the meters are registered
   * @return the same builder
   */
  public static PageCache.Builder addTo(PageCache.Builder cache, MeterRegistry registry) {
    return cache.observer(new Requests(registry));
  }

  /** What the cache is asked. */
  private static final class Requests implements PageObserver {
    private final MeterRegistry registry;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

    Requests(MeterRegistry registry) {
      this.registry = registry;
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
      // A gauge holds on to a supplier, but not to an object that it measures.
      Gauge.builder("lms.page.cache." + name, value::getAsLong)
          .description(description)
          .baseUnit(BaseUnits.BYTES)
          .register(registry);
    }

    @Override
    public Served begins(String route) {
      return new Request(this, route);
    }

    private long now() {
      return registry.config().clock().monotonicTime();
    }

    private Timer timer(Series series) {
      return timers.computeIfAbsent(series, first -> first.register(registry));
    }
  }

  /** A series of a histogram. There are not many: routes have names from a bounded set. */
  private record Series(String name, String description, Tags tags) {
    Timer register(MeterRegistry registry) {
      return Timer.builder("lms.page.cache." + name)
          .description(description)
          .tags(tags)
          .serviceLevelObjectives(BOUNDS)
          .register(registry);
    }
  }

  /** A request on its way. For one thread. */
  private static final class Request implements PageObserver.Served {
    private final Requests all;
    private final String route;
    private final long began;
    private final List<Duration> renders = new ArrayList<>(1);

    Request(Requests all, String route) {
      this.all = all;
      this.route = route.isEmpty() ? "none" : route;
      this.began = all.now();
    }

    @Override
    public PageObserver.Render renders() {
      long begun = all.now();
      return failure -> renders.add(Duration.ofNanos(all.now() - begun));
    }

    @Override
    public void ended(PageObserver.Verdict verdict, Optional<Throwable> failure) {
      Duration took = Duration.ofNanos(all.now() - began);
      Tags page = Tags.of("route", route, "variant", verdict.variant());
      all.timer(new Series("duration", DURATION, page.and("result", verdict.result())))
          .record(took);
      for (Duration render : renders) {
        all.timer(new Series("render.duration", RENDER_DURATION, page)).record(render);
      }
      if (verdict.stored()) {
        all.registry.counter("lms.page.cache.stored", page).increment();
      }
      if (verdict.reason().isPresent()) {
        Tags why = page.and("reason", verdict.reason().get());
        all.registry.counter("lms.page.cache.passed", why).increment();
      }
    }
  }
}
