// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.redis.server.RedisBinary;

/** {@link RedisMovedTest} on the newest Redis that there is. */
class Redis7MovedTest extends RedisMovedTest {
  @Override
  RedisBinary binary() {
    return RedisBinary.V7_OR_NEWER;
  }
}
