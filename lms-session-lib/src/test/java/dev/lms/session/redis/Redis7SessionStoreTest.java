// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.redis.server.RedisBinary;

/** The whole contract, round trips included, on Redis 7 or newer. */
class Redis7SessionStoreTest extends RedisSessionStoreTest {
  @Override
  RedisBinary binary() {
    return RedisBinary.V7_OR_NEWER;
  }
}
