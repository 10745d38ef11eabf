// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.config.StoreChoice;
import dev.lms.session.KeyRing;
import dev.lms.session.redis.RedisUrl;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What is allowed but should be known. */
public final class Warnings {
  private Warnings() {}

  /** One sentence for each. */
  public static List<String> of(Config config) {
    List<String> warnings = new ArrayList<>();
    int length = config.secrets().signingKey().length();
    if (length < KeyRing.MIN_LENGTH) {
      warnings.add(
          "SECRET_KEY has %d characters; production would refuse it. Make one with: lmsctl key generate"
              .formatted(length));
    }
    if (config.environment() == Environment.PRODUCTION && !config.sessions().cookie().secure()) {
      warnings.add(
          "SESSION_COOKIE_SECURE is off in production: anyone on the way can read cookies");
    }
    if (config.sessions().store().kind() == StoreChoice.Kind.COOKIE) {
      warnings.add(
          "cookie sessions: of concurrent requests that change the session, the last answer wins");
    }
    if (config.sessions().redis().isPresent()
        && config.pageCache().redis().isPresent()
        && isOneRedis(config.sessions().redis().get(), config.pageCache().redis().get())) {
      warnings.add(
          "sessions and cached pages share one Redis: its memory, its load and its outages."
              + " Give CACHE_REDIS_URL a Redis of its own if the site has many pages");
    }
    if (!config.web().provider().boundsHeaders()) {
      warnings.add(
          "LMS_HTTP_PROVIDER=robaho reads headers without end into memory, and takes some that other"
              + " servers refuse: let clients reach it through a proxy only, such as nginx");
    }
    return warnings;
  }

  /** Whether both are in the memory of one server, as far as the URLs tell. */
  private static boolean isOneRedis(RedisUrl one, RedisUrl other) {
    return one.topology() == other.topology()
        && one.master().equals(other.master())
        && !Collections.disjoint(addresses(one), addresses(other));
  }

  private static List<String> addresses(RedisUrl url) {
    return url.nodes().stream()
        .map(node -> node.host().toLowerCase(Locale.ROOT) + " " + node.port())
        .toList();
  }
}
