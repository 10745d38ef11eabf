package dev.lms.session.redis;

/** The whole contract, round trips included, on Redis 7 or newer. */
class Redis7SessionStoreTest extends RedisSessionStoreTest {
  @Override
  RedisBinary binary() {
    return RedisBinary.V7_OR_NEWER;
  }
}
