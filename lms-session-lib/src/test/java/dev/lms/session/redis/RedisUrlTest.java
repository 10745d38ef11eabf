// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.RedisUrl.Node;
import dev.lms.session.redis.RedisUrl.Topology;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrlTest {

  @Test
  void aHostIsEnough() {
    assertEquals(
        new RedisUrl(
            new RedisUrl.Parts(
                "redis://cache",
                Topology.SINGLE,
                false,
                Optional.empty(),
                Optional.empty(),
                List.of(new Node("cache", 6379)),
                0,
                "")),
        RedisUrl.parse("redis://cache"));
  }

  @Test
  void everyPartIsRead() {
    RedisUrl url = RedisUrl.parse("rediss://lms:p%40s+s%2F@[::1]:6380/3");
    assertEquals(Optional.of("lms"), url.user());
    assertEquals(Optional.of("p@s+s/"), url.password());
    assertEquals(List.of(new Node("::1", 6380)), url.nodes());
    assertEquals(3, url.database());
    assertEquals(true, url.tls());
  }

  @Test
  void aPasswordNeedsNoUser() {
    for (String url : List.of("redis://:hidden@h", "redis://hidden@h", "redis://hidd%65n@h/")) {
      assertEquals(Optional.empty(), RedisUrl.parse(url).user());
      assertEquals(Optional.of("hidden"), RedisUrl.parse(url).password());
      assertFalse(RedisUrl.parse(url).toString().contains("hidd"));
    }
  }

  @Test
  void sentinelsNameTheirMaster() {
    RedisUrl url = RedisUrl.parse("redis-sentinel://:x@s1,s2:26380/mymaster/2");
    assertEquals(Topology.SENTINEL, url.topology());
    assertEquals(List.of(new Node("s1", 26379), new Node("s2", 26380)), url.nodes());
    assertEquals("mymaster", url.master());
    assertEquals(2, url.database());
  }

  @Test
  void aClusterHasSeveralNodes() {
    RedisUrl url = RedisUrl.parse("redis-cluster://n1:7000,n2:7001,n3");
    assertEquals(Topology.CLUSTER, url.topology());
    assertEquals(
        List.of(new Node("n1", 7000), new Node("n2", 7001), new Node("n3", 6379)), url.nodes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rediss://h", "rediss-sentinel://:hidden@s1/mymaster", "rediss-cluster://n1,n2"})
  void everyTopologyHasASchemeWithTls(String text) {
    RedisUrl secured = RedisUrl.parse(text);
    RedisUrl plain = RedisUrl.parse(text.replaceFirst("rediss", "redis"));
    assertTrue(secured.tls());
    assertFalse(plain.tls());
    assertEquals(plain.topology(), secured.topology());
    assertEquals(plain.nodes(), secured.nodes());
    assertEquals(plain.master(), secured.master());
    assertFalse(secured.toString().contains("hidden"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cache:6379",
        "redisss://cache",
        "redis-sentinels://s1/m",
        "rediss-sentinel://s1",
        "rediss-cluster://n1/1",
        "http://cache",
        "redis://",
        "redis:///1",
        "redis://cache:0",
        "redis://cache:65536",
        "redis://cache:port",
        "redis://cache/first",
        "redis://a,b",
        "redis://a b",
        "redis-sentinel://s1",
        "redis-sentinel://s1/",
        "redis-cluster://n1/1",
        "redis://%zz@h",
        "redis-cluster://n1,,n2",
      })
  void whatIsNotAnAddressIsRefused(String url) {
    assertThrows(IllegalArgumentException.class, () -> RedisUrl.parse(url));
  }
}
