// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** Tests that have a Redis for themselves, which is empty before each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OneRedis {
  RedisProcess redis;
  RedisClient client;
  Jedis admin;

  @BeforeAll
  final void launch(@TempDir Path folder) throws IOException {
    redis = new RedisProcess(folder);
  }

  @BeforeEach
  final void connect() {
    client = redis.client();
    admin = redis.admin();
    admin.flushAll();
  }

  @AfterEach
  final void disconnect() {
    client.close();
    admin.close();
  }

  @AfterAll
  final void stop() {
    redis.close();
  }
}
