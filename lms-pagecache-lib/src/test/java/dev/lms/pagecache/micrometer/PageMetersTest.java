// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.program.WatchedSite;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a registry holds after requests to a real server. */
class PageMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private WatchedSite site;

  @BeforeEach
  void start() throws IOException {
    site = new WatchedSite(cache -> PageMeters.addTo(cache, registry));
  }

  @AfterEach
  void stop() {
    site.close();
  }

  /** The answer leaves before its end is told. */
  private void await(String route, String variant, String result, long count)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (requests(route, variant, result) < count) {
      assertTrue(System.nanoTime() < deadline, registry.getMetersAsString());
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertEquals(count, requests(route, variant, result));
  }

  private long requests(String route, String variant, String result) {
    Timer timer =
        registry
            .find("lms.page.cache.duration")
            .tags("route", route, "variant", variant, "result", result)
            .timer();
    return timer == null ? 0 : timer.count();
  }

  private double count(String name, String... tags) {
    Counter counter = registry.find("lms.page.cache." + name).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  private long renders(String route) {
    return registry
        .get("lms.page.cache.render.duration")
        .tags("route", route, "variant", "anon")
        .timer()
        .count();
  }

  @Test
  void requestsAreCountedByRouteVariantAndResult() throws Exception {
    assertEquals("lms; fwd=miss; stored; detail=anon", site.get("/course"));
    site.get("/course");
    site.get("/course");
    site.get("/course", "X-User", "ada");
    site.get("/form", "X-User", "ada");
    await("/course", "anon", "miss", 1);
    await("/course", "anon", "hit", 2);
    await("/course", "auth", "miss", 1);
    await("/form", "user", "bypass", 1);
    assertEquals(1, renders("/course"));
    assertEquals(1, count("stored", "route", "/course", "variant", "anon"));
    assertEquals(1, count("passed", "route", "/form", "variant", "user", "reason", "never"));
    assertTrue(registry.get("lms.page.cache.bytes").gauge().value() > 0);
    assertEquals(0, registry.get("lms.page.cache.shared.bytes").gauge().value());
  }

  @Test
  void aStalePageIsOneRequestAndARenderInTheBackground() throws Exception {
    site.get("/course");
    site.later(Duration.ofSeconds(100));
    assertTrue(site.get("/course").startsWith("lms; hit; ttl=-10"));
    await("/course", "anon", "stale", 1);
    await("/course", "anon", "background", 1);
    await("/course", "anon", "miss", 1);
    assertEquals(2, renders("/course"));
    assertEquals(2, count("stored", "route", "/course", "variant", "anon"));
  }

  @Test
  void aHandlerThatFailsIsCountedToo() throws Exception {
    site.get("/fails");
    await("/fails", "anon", "miss", 1);
    assertEquals(1, renders("/fails"));
    assertEquals(1, count("passed", "route", "/fails", "variant", "anon", "reason", "aborted"));
  }

  @Test
  void aRouteWithoutANameHasTheOneThatDashboardsTake() throws Exception {
    site.get("/");
    await("none", "anon", "miss", 1);
  }

  @Test
  void latenciesAreHistograms() throws Exception {
    site.get("/course");
    await("/course", "anon", "miss", 1);
    for (String name : new String[] {"duration", "render.duration"}) {
      Timer timer = registry.get("lms.page.cache." + name).timer();
      assertEquals(1, timer.count());
      assertTrue(timer.takeSnapshot().histogramCounts().length >= 13, name);
    }
  }

  @Test
  void noTagNamesAPersonOrAnAddress() throws Exception {
    site.get("/course?q=secret", "X-User", "ada");
    await("/course", "auth", "miss", 1);
    for (Meter meter : registry.getMeters()) {
      String tags = meter.getId().getTags().toString();
      assertFalse(tags.contains("ada") || tags.contains("secret"), tags);
    }
  }
}
