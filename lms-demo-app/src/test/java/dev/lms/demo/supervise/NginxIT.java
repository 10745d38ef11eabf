// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.session.redis.server.TlsKeys;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * nginx with either file of ours: what a worker may send, and browsers send back, gets through;
 * what no worker could answer has an answer; who guesses is slowed down.
 */
class NginxIT {
  private static WorkerProcess worker;
  private static String largest;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    worker = WorkerProcess.serve(Map.of("SESSION_STORE", "cookie", "LMS_DEBUG_ENDPOINTS", "1"));
    int fits = 0;
    int tooMuch = 4096;
    while (tooMuch - fits > 1) {
      int tried = (fits + tooMuch) / 2;
      if (put(worker.uri("/"), "x".repeat(tried)).status() == 200) {
        fits = tried;
      } else {
        tooMuch = tried;
      }
    }
    largest = "x".repeat(fits);
  }

  @AfterAll
  static void stop() {
    worker.close();
  }

  private static Browser.Answer put(URI site, String value) {
    return new Browser(site).post("/debug/session/put", Map.of("key", "k", "value", value));
  }

  private static void assertCarries(Browser visitor) {
    Browser.Answer stored =
        visitor.post("/debug/session/put", Map.of("key", "k", "value", largest));
    assertEquals(200, stored.status(), stored.body());
    String cookie = visitor.cookies().get("session");
    assertTrue(cookie != null && cookie.length() > 4000, "a cookie at the limit: " + cookie);
    // With company up to what a worker takes of headers, which is 16 KiB in all.
    visitor.cookies().put("other", "y".repeat(10_000));
    Browser.Answer read = visitor.get("/debug/session");
    assertEquals(200, read.status(), read.body());
    assertTrue(read.body().contains(largest), read.body());
  }

  @Test
  void theFileThatServeWrites() throws IOException {
    String conf = NginxConf.render("127.0.0.1", worker.port(), 1, Duration.ofSeconds(30));
    try (Nginx nginx = Nginx.start(folder, conf, "listen 80;")) {
      assertCarries(new Browser(nginx.uri("/")));
      assertAnswersWhatWorkersCannot(SocketFactory.getDefault(), nginx.port());
      assertSlowsDownGuesses(new Browser(nginx.uri("/")));
    }
  }

  @Test
  void theExampleFile() throws Exception {
    TlsKeys keys = TlsKeys.make(folder, "ip:127.0.0.1");
    int plain = WorkerProcess.freePorts(1);
    String conf =
        Files.readString(Path.of("..", "deploy", "nginx.conf"))
            .replaceAll("127\\.0\\.0\\.1:80\\d\\d ", "127.0.0.1:" + worker.port() + " ")
            .replace("/etc/ssl/certs/lms.example.pem", quoted(keys.certificate()))
            .replace("/etc/ssl/private/lms.example.key", quoted(keys.key()))
            .replace("listen 80;", "listen 127.0.0.1:" + plain + ";");
    try (Nginx nginx = Nginx.start(folder, conf, "listen 443 ssl http2;", " ssl http2;")) {
      URI site = URI.create("https://127.0.0.1:" + nginx.port() + "/");
      Browser visitor = Browser.trusting(keys.context(), site);
      assertCarries(visitor);
      assertEquals("max-age=86400", visitor.get("/").header("strict-transport-security"));
      assertAnswersWhatWorkersCannot(keys.context().getSocketFactory(), nginx.port());
      assertSlowsDownGuesses(visitor);
      Browser.Answer moved = new Browser(URI.create("http://127.0.0.1:" + plain)).get("/home");
      assertEquals(301, moved.status());
      assertEquals("https://127.0.0.1/home", moved.location());
    }
  }

  @Test
  void withoutAWorkerThereIsAPageThatSaysSo() throws IOException {
    String conf = NginxConf.render("127.0.0.1", WorkerProcess.freePorts(1), 1, Duration.ZERO);
    try (Nginx nginx = Nginx.start(folder, conf, "listen 80;")) {
      Browser.Answer answer = new Browser(nginx.uri("/")).get("/");
      assertEquals(503, answer.status());
      assertEquals("5", answer.header("retry-after"));
      assertTrue(answer.body().contains("Back in a moment"), answer.body());
    }
  }

  private static String quoted(Path file) {
    return '"' + file.toString() + '"';
  }

  /** The worker's server would answer these before any page or filter of ours. */
  private static void assertAnswersWhatWorkersCannot(SocketFactory sockets, int port)
      throws IOException {
    for (String target :
        List.of(
            "/?utm=a|b",
            "/?{",
            "/?}",
            "/?^",
            "/?`",
            "/?\"",
            "/?<",
            "/?>",
            "/?\\",
            "/?%",
            "/?%4",
            "/?%zz",
            "/a[b",
            "/a]b")) {
      String answer = ask(sockets, port, target);
      assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), target + ": " + answer);
      assertTrue(answer.contains("\r\nX-Content-Type-Options: nosniff\r\n"), answer);
      assertTrue(answer.contains("<h1>Not an address</h1>"), answer);
    }
    String answer = ask(sockets, port, "/course/explore?q=a%7Cb&tag=%5B%5D");
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
  }

  private static String ask(SocketFactory sockets, int port, String target) throws IOException {
    try (Socket socket = sockets.createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static void assertSlowsDownGuesses(Browser browser) {
    Map<String, String> guess = Map.of("username", "nobody", "password", "x", "csrf_token", "x");
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 100 && !statuses.contains(429); i++) {
      statuses.add(browser.post("/user/login", guess).status());
    }
    assertTrue(statuses.size() > 40 && statuses.getLast() == 429, statuses.toString());
    assertEquals(200, browser.get("/").status(), "reading goes on");
  }
}
