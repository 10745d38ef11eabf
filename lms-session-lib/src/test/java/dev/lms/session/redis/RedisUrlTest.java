package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.HostAndPort;

class RedisUrlTest {
  @Test
  void theShortestUrlMeansTheDefaults() {
    RedisUrl url = RedisUrl.parse("redis://localhost");
    assertEquals(RedisUrl.Kind.SINGLE, url.kind());
    assertEquals(Set.of(new HostAndPort("localhost", 6379)), url.nodes());
    assertFalse(url.tls());
    assertNull(url.user());
    assertNull(url.password());
    assertEquals(0, url.database());
  }

  @Test
  void everyPartIsRead() {
    RedisUrl url = RedisUrl.parse("rediss://lms:p%40ss%2Fword@cache.example:6380/3");
    assertEquals(true, url.tls());
    assertEquals("lms", url.user());
    assertEquals("p@ss/word", url.password());
    assertEquals(Set.of(new HostAndPort("cache.example", 6380)), url.nodes());
    assertEquals(3, url.database());
    assertEquals("only", RedisUrl.parse("redis://:only@h").password());
    assertNull(RedisUrl.parse("redis://:only@h").user());
  }

  @Test
  void sentinelsAndClustersNameSeveralNodes() {
    RedisUrl sentinel = RedisUrl.parse("redis-sentinel://a,b:1/main/2");
    assertEquals(RedisUrl.Kind.SENTINEL, sentinel.kind());
    assertEquals(Set.of(new HostAndPort("a", 26379), new HostAndPort("b", 1)), sentinel.nodes());
    assertEquals("main", sentinel.master());
    assertEquals(2, sentinel.database());
    RedisUrl cluster = RedisUrl.parse("redis-cluster://a:7000,b:7001");
    assertEquals(RedisUrl.Kind.CLUSTER, cluster.kind());
    assertEquals(2, cluster.nodes().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost:6379",
        "http://localhost",
        "redis://",
        "redis://:6379",
        "redis://h:port",
        "redis://h/db",
        "redis://a,b",
        "redis-sentinel://a,b",
        "redis-cluster://a/1",
        "redis://user:secret@h:x"
      })
  void whatIsNotUnderstoodIsAnErrorThatShowsNoPassword(String url) {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> RedisUrl.parse(url));
    String message = String.valueOf(error.getMessage());
    assertFalse(message.contains("secret"), message);
    assertEquals(true, message.contains("redis://[user:password@]host"), message);
  }
}
