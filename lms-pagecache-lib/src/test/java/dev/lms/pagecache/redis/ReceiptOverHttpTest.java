// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Pages;
import dev.lms.pagecache.Receipt;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Somebody who made a change on one node asks another one, which has not heard of it. */
class ReceiptOverHttpTest {
  private final ManualClock clock = new ManualClock();
  private final AtomicLong time = new AtomicLong();
  private final HttpClient http = HttpClient.newHttpClient();
  private RedisProcess redis;
  private RedisClient client;
  private HttpServer server;
  private PageCache here;
  private PageCache there;
  private volatile String content = "old";

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    redis = new RedisProcess(folder);
    client = redis.client();
    here = PageCache.builder(node()).clock(clock).build();
    NearPageStore behind = node();
    behind.lease().obey(behind.lease().ask());
    there = PageCache.builder(behind).clock(clock).build();
    PageRule rule = Pages.RULE.withTags("t");
    PageCacheFilter filter =
        PageCacheFilter.builder(there, exchange -> Optional.of(rule), exchange -> Asker.ANONYMOUS)
            .personalReads(exchange -> 0)
            .receipt(
                exchange -> Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Receipt")))
            .build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server
        .createContext(
            "/",
            exchange -> {
              byte[] body = content.getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(200, body.length);
              exchange.getResponseBody().write(body);
              exchange.close();
            })
        .getFilters()
        .add(filter);
    server.start();
  }

  private NearPageStore node() {
    return new NearPageStore(
        new RedisPageStore(client, "cache:", clock, Lease.LONGEST, time::get), 1 << 20, clock);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    client.close();
    redis.close();
  }

  private String get(String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/page"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  @Test
  void theWriterSeesTheChangeWhereOthersDoNotYet() throws Exception {
    assertEquals("old", get());
    content = "new";
    Receipt receipt = here.purgeWithReceipt("t");
    assertEquals("old", get(), "this node has a lease and has not heard");
    for (String odd : new String[] {"", "?", receipt.text() + "x", receipt.text() + ".1"}) {
      assertEquals("old", get("X-Receipt", odd), "what is no receipt is ignored");
    }
    assertEquals("new", get("X-Receipt", receipt.text()));
  }
}
