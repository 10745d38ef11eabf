// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.url;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.RedisUrl;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A URL that somebody has got wrong is told apart without telling the password. */
class RedisUrlSecretsTest {
  /** One of letters, one that could be a port, and one that must be encoded and is not. */
  private static final List<String> SECRETS = List.of("hidden-word", "98765", "hid%den");

  private static final List<String> SCHEMES =
      List.of("redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "http", "");

  private static final String PUNCTUATION = ":@/,?#[]%& \t.0";

  private static void assertTellsNothing(String url, String secret) {
    String told;
    try {
      RedisUrl parsed = RedisUrl.parse(url);
      boolean isHost = parsed.nodes().stream().anyMatch(node -> node.host().contains(secret));
      boolean isPlace = isHost || parsed.master().contains(secret);
      boolean isUser = parsed.user().filter(user -> user.contains(secret)).isPresent();
      // What is spelled as a name is one, as far as anybody can tell.
      told = isPlace || isUser ? "" : parsed.toString();
    } catch (IllegalArgumentException e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      told = trace.toString();
    }
    assertFalse(told.contains(secret), told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://:SECRET:host:6379",
        "redis://user:SECRET",
        "redis://user:SECRET:6379/0",
        "redis://host/SECRET",
        "redis://host:SECRET",
        "redis://host:6379/SECRET@",
        "redis://:SECRET@host:6379/one",
        "redis://:SECRET@",
        "redis://:SECRET@host:99999",
        "redis-sentinel://:SECRET@a,b",
        "redis-sentinel://a,:SECRET,b/master",
        "redis-sentinel://a/master/SECRET",
        "redis-cluster://:SECRET@a,,b",
        "redis-cluster://a:6379,user:SECRET",
        "user:SECRET@host",
        "SECRET"
      })
  void noMistakeQuotesIt(String template) {
    for (String secret : SECRETS) {
      assertTellsNothing(template.replace("SECRET", secret), secret);
    }
  }

  @Test
  void norDoesAnyOther() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      String secret = SECRETS.get(random.nextInt(SECRETS.size()));
      String url = url(random, secret);
      try {
        assertTellsNothing(url, secret);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", " + url, e);
      }
      refused += isRefused(url) ? 1 : 0;
    }
    assertTrue(refused > 10_000, refused + " were malformed");
  }

  private static boolean isRefused(String url) {
    try {
      RedisUrl.parse(url);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** A URL with the secret in it, in which some of the punctuation is missing, doubled or other. */
  private static String url(Random random, String secret) {
    StringBuilder url = new StringBuilder(SCHEMES.get(random.nextInt(SCHEMES.size())));
    for (String part : List.of("://", "user", ":", secret, "@", "host", ":", "6379", "/", "0")) {
      int dice = part.equals(secret) ? 9 : random.nextInt(10);
      if (dice > 0) {
        url.append(part);
      }
      if (dice == 1) {
        url.append(PUNCTUATION.charAt(random.nextInt(PUNCTUATION.length())));
      }
    }
    return url.toString();
  }
}
