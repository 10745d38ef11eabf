// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.http.ErrorFilter;
import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.http.Router;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.monitor.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthPagesTest {
  private final AtomicBoolean broken = new AtomicBoolean();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Health health = new Health();
  private WebServer server;

  @BeforeEach
  void start() throws IOException {
    health.add("database", () -> {});
    health.add(
        "session store",
        () -> {
          if (broken.get()) {
            throw new IOException("redis.internal refused lms:password");
          }
        });
    server =
        WebServer.start(
            HttpProvider.JDK,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(new ErrorFilter(failure -> Optional.empty())),
            new Router(new HealthPages(health).routes()));
  }

  @AfterEach
  void stop() {
    client.close();
    server.drain(Duration.ZERO);
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri).header("Accept", accept).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void readyWhenEveryCheckPasses() throws Exception {
    for (String path : List.of("/readyz", "/healthz", "/health")) {
      HttpResponse<String> response = get(path, "*/*");
      assertEquals(200, response.statusCode());
      assertEquals("ok\ndatabase: ok\nsession store: ok\n", response.body());
      assertEquals("no-store", response.headers().firstValue("Cache-Control").orElseThrow());
    }
  }

  @Test
  void notReadyWhenOneFailsButAlive() throws Exception {
    broken.set(true);
    HttpResponse<String> response = get("/readyz", "application/json");
    assertEquals(503, response.statusCode());
    var json = com.google.gson.JsonParser.parseString(response.body()).getAsJsonObject();
    assertEquals("failed", json.get("status").getAsString());
    var checks = json.getAsJsonObject("checks");
    assertEquals("ok", checks.get("database").getAsString());
    assertEquals("failed", checks.get("session store").getAsString());
    assertFalse(response.body().contains("internal"), response.body());
    assertEquals(200, get("/livez", "*/*").statusCode());
    broken.set(false);
    assertEquals(200, get("/readyz", "*/*").statusCode());
  }

  @Test
  void notReadyWhileDrainingButAlive() throws Exception {
    health.drain();
    assertEquals(503, get("/readyz", "*/*").statusCode());
    assertEquals("draining\n", get("/healthz", "*/*").body());
    assertEquals("ok\n", get("/livez", "*/*").body());
  }

  @Test
  void metricsAreNotHere() throws Exception {
    assertEquals(404, get("/metrics", "*/*").statusCode());
  }

  @Test
  void answersWithinADeadlineWhateverHangs() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    health.add(
        "hangs",
        () -> {
          asked.incrementAndGet();
          gone.await();
        });
    for (int i = 0; i < 2; i++) {
      long begun = System.nanoTime();
      HttpResponse<String> response = get("/readyz", "*/*");
      assertEquals(503, response.statusCode());
      assertTrue(response.body().contains("hangs: failed"), response.body());
      assertTrue(response.body().contains("database: ok"), response.body());
      assertTrue(System.nanoTime() - begun < Duration.ofSeconds(60).toNanos());
    }
    assertEquals(1, asked.get(), "checks that hang do not pile up");
    gone.countDown();
    assertEquals(200, get("/readyz", "*/*").statusCode());
  }
}
