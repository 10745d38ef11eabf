// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.TestInstance;

/** On Redis 6.2, which sends those who ask for keys that have moved elsewhere in other cases. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OldestRedisClusterPageStoreTest extends RedisClusterPageStoreTest {
  @Override
  ClusterProcess start(Path folder) throws IOException {
    return ClusterProcess.oldest(folder);
  }
}
