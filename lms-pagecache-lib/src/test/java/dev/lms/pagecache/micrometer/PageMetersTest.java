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
    assertEquals(1, requests("/course", "anon", "miss"));
    assertEquals(2, requests("/course", "anon", "hit"));
    assertEquals(1, requests("/course", "auth", "miss"));
    assertEquals(1, requests("/form", "user", "bypass"));
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
    assertEquals(1, requests("/course", "anon", "stale"));
    assertEquals(1, requests("/course", "anon", "background"));
    assertEquals(1, requests("/course", "anon", "miss"));
    assertEquals(2, renders("/course"));
    assertEquals(2, count("stored", "route", "/course", "variant", "anon"));
  }

  @Test
  void aHandlerThatFailsIsCountedToo() throws Exception {
    site.get("/fails");
    assertEquals(1, requests("/fails", "anon", "miss"));
    assertEquals(1, renders("/fails"));
    assertEquals(1, count("passed", "route", "/fails", "variant", "anon", "reason", "aborted"));
  }

  @Test
  void aRouteWithoutANameHasTheOneThatDashboardsTake() throws Exception {
    site.get("/");
    assertEquals(1, requests("none", "anon", "miss"));
  }

  @Test
  void latenciesAreHistograms() throws Exception {
    site.get("/course");
    assertEquals(1, requests("/course", "anon", "miss"));
    for (String name : new String[] {"duration", "render.duration"}) {
      Timer timer = registry.get("lms.page.cache." + name).timer();
      assertEquals(1, timer.count());
      assertTrue(timer.takeSnapshot().histogramCounts().length >= 13, name);
    }
  }

  @Test
  void noTagNamesAPersonOrAnAddress() throws Exception {
    site.get("/course?q=secret", "X-User", "ada");
    assertEquals(1, requests("/course", "auth", "miss"));
    for (Meter meter : registry.getMeters()) {
      String tags = meter.getId().getTags().toString();
      assertFalse(tags.contains("ada") || tags.contains("secret"), tags);
    }
  }
}
