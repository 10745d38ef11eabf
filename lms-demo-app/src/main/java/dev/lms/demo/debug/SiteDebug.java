// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.debug;

import dev.lms.demo.cache.CacheReport;
import dev.lms.demo.config.Setting;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import dev.lms.pagecache.PageCache;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows the configuration, the page cache and Redis, and serves a slow page. */
public final class SiteDebug {
  private static final Duration SLOWEST = Duration.ofMinutes(1);

  private final List<Setting> settings;
  private final List<String> warnings;
  private final PageCache pages;
  private final Optional<RedisStatus> redis;

  /** Pages about this site. */
  public SiteDebug(
      List<Setting> settings, List<String> warnings, PageCache pages, Optional<RedisStatus> redis) {
    this.settings = settings;
    this.warnings = warnings;
    this.pages = pages;
    this.redis = redis;
  }

  /** Their routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/debug/config", this::config),
        Route.get("/debug/redis", this::redis),
        Route.get("/debug/cache", this::cache),
        Route.get("/debug/slow", this::slow));
  }

  private void config(Request request) throws IOException {
    request.json(200, Map.of("settings", settings, "warnings", warnings));
  }

  private void redis(Request request) throws IOException {
    request.json(200, redis.isPresent() ? redis.get().read() : Map.of("configured", false));
  }

  private void cache(Request request) throws IOException {
    request.json(200, CacheReport.of(pages.stats()));
  }

  private void slow(Request request) throws IOException {
    long millis;
    try {
      millis = Long.parseLong(request.query("ms").orElse("1000"));
    } catch (NumberFormatException e) {
      throw HttpProblem.badRequest("ms must be a whole number.");
    }
    if (millis < 0 || millis > SLOWEST.toMillis()) {
      throw HttpProblem.badRequest("ms must be from 0 to " + SLOWEST.toMillis() + ".");
    }
    Pause.of(Duration.ofMillis(millis));
    request.text(200, "That took " + millis + " ms.\n");
  }
}
