// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.PageCacheFilter.hole;
import static dev.lms.pagecache.httpserver.Site.header;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.PageRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A site behind the filter for each test, and how often it rendered. */
abstract class FilterFixture {
  static final PageRule SHARED = PageRule.shared(Duration.ofSeconds(90));
  static final String FILLER = "<p>words and more words</p>".repeat(40);
  Site site;
  final AtomicInteger renders = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    site = new Site();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  String menuPage(HttpExchange exchange) {
    return "<nav>" + hole(exchange, "user-menu") + "</nav>" + FILLER + renders.incrementAndGet();
  }

  static String gunzip(HttpResponse<byte[]> response) throws IOException {
    assertEquals("gzip", header(response, "Content-Encoding"));
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes(),
        StandardCharsets.UTF_8);
  }

  static boolean await(CountDownLatch latch) throws IOException {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
