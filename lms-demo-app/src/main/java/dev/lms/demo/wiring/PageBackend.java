// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.redis.NearPageStore;
import dev.lms.pagecache.redis.RedisPageStore;
import dev.lms.pagecache.store.PageStore;
import dev.lms.session.redis.RedisUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** Where pages are kept as configured. */
final class PageBackend {
  private static final String KEY_PREFIX = "cache:";

  private PageBackend() {}

  /**
   * In Redis, shared by all workers, with near copies in each unless it is a cluster; or in each
   * process only, with purges shared by all processes that use the same data folder, whether or not
   * one supervisor started them.
   *
   * @param megabytes the most that pages in this process may take
   * @param parts closes the store before the client it uses
   */
  static PageStore open(
      Config config, int megabytes, RedisClients redis, Clock clock, Closing parts)
      throws IOException {
    long maxBytes = megabytes * (1L << 20);
    if (config.pageCache().redis().isPresent()) {
      RedisPageStore far =
          new RedisPageStore(
              redis.client(config.pageCache().redis().get()),
              KEY_PREFIX,
              clock,
              config.pageCache().maxMb() * (1L << 20));
      return isInCluster(config) ? far : parts.add(NearPageStore.over(far, maxBytes, clock));
    }
    return new LocalPageStore(maxBytes, PurgeCounters.shared(purges(config)), clock);
  }

  private static boolean isInCluster(Config config) {
    return config
        .pageCache()
        .redis()
        .filter(url -> url.topology() == RedisUrl.Topology.CLUSTER)
        .isPresent();
  }

  /** The file through which processes share purges when pages are in each of them. */
  static Path purges(Config config) {
    return config.dataDir().resolve("purges");
  }

  static String sentence(Config config) {
    if (isInCluster(config)) {
      return "Page cache: redis, spread over the cluster, shared by all workers";
    }
    return config.pageCache().redis().isPresent()
        ? "Page cache: redis, shared by all workers, with near copies in each"
        : "Page cache: in process, purges shared through " + purges(config);
  }
}
