// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A site for each test, and how often it rendered. */
abstract class PassingByFixture {
  final AtomicInteger renders = new AtomicInteger();
  Site site;

  @BeforeEach
  void open() throws IOException {
    site = new Site();
  }

  @AfterEach
  void close() {
    site.close();
  }

  static PageRule rule(PageRule.Profile profile) {
    return profile == PageRule.Profile.DECLARED
        ? PageRule.shared(Duration.ofMinutes(1))
        : PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1));
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
