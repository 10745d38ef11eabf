// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import dev.lms.pagecache.PageCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Purges for a program beside the workers, such as lmsctl. */
public final class PagePurge {
  private static final int CONNECTIONS = 2;
  private static final int NO_PAGES_OF_ITS_OWN = 1;

  private PagePurge() {}

  /**
   * Purges, on every worker that shares the configured cache; with neither tags nor paths, all
   * pages. When it returns, they show no page from before.
   *
   * @param paths as they stand in requests, without a query
   * @return who shares the purge
   * @throws NoSuchFileException if no worker has ever used the data folder
   * @throws dev.lms.pagecache.store.PageStoreException if not every worker may have been reached
   */
  public static String purge(Config config, List<String> tags, List<String> paths)
      throws IOException {
    Path file = PageBackend.purges(config);
    boolean shared = config.pageCache().redis().isPresent();
    if (!shared && !Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    Closing parts = new Closing();
    try {
      Clock clock = Clock.systemUTC();
      RedisClients redis = parts.add(new RedisClients(CONNECTIONS));
      PageCache cache =
          PageCache.builder(PageBackend.open(config, NO_PAGES_OF_ITS_OWN, redis, clock, parts))
              .clock(clock)
              .build();
      if (tags.isEmpty() && paths.isEmpty()) {
        cache.purgeAll();
      }
      if (!tags.isEmpty()) {
        cache.purge(tags.toArray(String[]::new));
      }
      paths.forEach(cache::purgePath);
      return shared ? "all workers with this Redis" : "all workers with " + config.dataDir();
    } finally {
      parts.close();
    }
  }
}
