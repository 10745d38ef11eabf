// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.redis.server.RedisBinary;

/** The rights of {@link RedisAccessTest}, and the whole contract with no more, on Redis 7. */
class Redis7AccessTest extends RedisAccessTest {
  @Override
  RedisBinary binary() {
    return RedisBinary.V7_OR_NEWER;
  }
}
