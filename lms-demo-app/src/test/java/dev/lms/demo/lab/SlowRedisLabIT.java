// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.workers.Backend;
import dev.lms.session.redis.server.RedisServer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisMonitor;
import redis.clients.jedis.exceptions.JedisException;

/** The lab on a machine whose Redis does not answer in time. */
class SlowRedisLabIT {
  /** Longer than any command is waited for, so that what comes after the crowd meets it too. */
  private static final int STANDSTILL_MS = 5_000;

  private static final String NOT_REACHED = "the store of pages cannot be reached just then";

  /** In the middle of the crowd Redis stands still: nothing can be kept, and nothing goes wrong. */
  @Test
  void theStampedeBlamesNobodyForWhatRedisDidNotAnswer() throws InterruptedException {
    String page = stampede();
    // What the crowd asks is seen a moment later, when it may have gone already.
    for (int again = 0; again < 4 && !page.contains(NOT_REACHED); again++) {
      page = stampede();
    }
    assertTrue(page.contains(NOT_REACHED), page);
  }

  private static String stampede() throws InterruptedException {
    Backend site = Backend.shared(Backend.Kind.REDIS);
    RedisServer redis = site.redis().orElseThrow();
    CountDownLatch stoodStill = new CountDownLatch(1);
    try (Jedis jedis = redis.jedis()) {
      Thread watching =
          Thread.ofPlatform().daemon().start(() -> standStillInTheCrowd(redis, jedis, stoodStill));
      Browser visitor = new Browser(site.one().uri("/"));
      String token = visitor.get("/lab/stampede").token();
      Answer begun = visitor.post("/lab/stampede", Map.of("csrf_token", token));
      assertEquals(303, begun.status(), begun.body());
      assertTrue(stoodStill.await(60, TimeUnit.SECONDS), "the crowd was seen at Redis");
      String page = visitor.get(begun.location()).body();
      assertTrue(wrong(page, "naive") > 0, page);
      assertEquals(0, wrong(page, "ours"), page);
      watching.interrupt();
      return page;
    }
  }

  private static void standStillInTheCrowd(
      RedisServer redis, Jedis jedis, CountDownLatch stoodStill) {
    try {
      jedis.monitor(
          new JedisMonitor() {
            @Override
            public void onCommand(String command) {
              if (stoodStill.getCount() > 0
                  && command.contains("/lab-page/")
                  && command.contains("crowdours")) {
                redis.pause();
                try {
                  // Nothing counts it down: a pause that ends when the thread is interrupted.
                  new CountDownLatch(1).await(STANDSTILL_MS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } finally {
                  redis.resume();
                  stoodStill.countDown();
                }
              }
            }
          });
    } catch (JedisException e) {
      // Closed: the test is over.
    }
  }

  private static int wrong(String page, String side) {
    Matcher count =
        Pattern.compile("<output data-testid=\"" + side + "-wrong\">([0-9]+)</output>")
            .matcher(page);
    assertTrue(count.find(), page);
    return Integer.parseInt(count.group(1));
  }
}
