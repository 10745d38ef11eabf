// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.url;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.fuzz.FuzzTarget;
import dev.lms.session.redis.RedisUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** URLs of a Redis: refused in words that quote nothing, or written again with the same parts. */
class RedisUrlFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = utf8(input);
    RedisUrl read;
    try {
      read = RedisUrl.parse(text);
    } catch (IllegalArgumentException e) {
      assertNull(e.getCause());
      assertTrue(String.valueOf(e.getMessage()).matches("[\\x20-\\x7e]{1,300}"), e.getMessage());
      return;
    }
    for (RedisUrl.Node node : read.nodes()) {
      assertTrue(node.port() >= 1 && node.port() <= 65535, node.toString());
    }
    assertEquals(parts(read), parts(RedisUrl.parse(written(read))));
  }

  private static List<Object> parts(RedisUrl url) {
    return List.of(
        url.topology(),
        url.tls(),
        url.user(),
        url.password(),
        url.nodes(),
        url.database(),
        url.master());
  }

  private static String written(RedisUrl url) {
    String kind =
        switch (url.topology()) {
          case SINGLE -> "";
          case SENTINEL -> "-sentinel";
          case CLUSTER -> "-cluster";
        };
    String path = url.master().isEmpty() ? "/" : "/" + url.master() + "/";
    return (url.tls() ? "rediss" : "redis")
        + kind
        + "://"
        + url.password()
            .map(p -> encoded(url.user().orElse("")) + ":" + encoded(p) + "@")
            .orElse("")
        + url.nodes().stream().map(RedisUrlFuzzTest::written).collect(Collectors.joining(","))
        + path
        + url.database();
  }

  private static String written(RedisUrl.Node node) {
    String host = node.host().contains(":") ? "[" + node.host() + "]" : node.host();
    return host + ":" + node.port();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
