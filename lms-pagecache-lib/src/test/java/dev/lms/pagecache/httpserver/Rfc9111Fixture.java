// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.text;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A site for each test, whose handlers speak HTTP caching. */
abstract class Rfc9111Fixture {
  static final PageRule RULE = PageRule.rfc9111(Audience.EVERYONE, Duration.ofDays(1));
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

  static void answer(HttpExchange exchange, String text, String... fields) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    for (String field : fields) {
      String[] parts = field.split(": ", 2);
      exchange.getResponseHeaders().add(parts[0], parts[1]);
    }
    Site.send(exchange, 200, text);
  }

  static String requested(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }
}
