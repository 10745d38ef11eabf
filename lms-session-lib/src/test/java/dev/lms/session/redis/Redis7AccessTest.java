// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

/** The same rights, and the whole contract with no more of them, on Redis 7 or newer. */
class Redis7AccessTest extends RedisAccessTest {
  @Override
  RedisBinary binary() {
    return RedisBinary.V7_OR_NEWER;
  }
}
