// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker may send, and browsers send back, gets through nginx with either file of ours. */
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

  private static void assertCarries(URI site) {
    Browser visitor = new Browser(site);
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
  void withTheFileThatServeWrites() throws IOException {
    String conf = NginxConf.render("127.0.0.1", worker.port(), 1, Duration.ofSeconds(30));
    try (Nginx nginx = Nginx.start(folder, conf, "listen 80;")) {
      assertCarries(nginx.uri("/"));
    }
  }

  @Test
  void withTheExampleFile() throws IOException {
    String example = Files.readString(Path.of("..", "deploy", "nginx.conf"));
    // Without TLS, whose certificates are the reader's own, and for the one worker that there is.
    String conf =
        example
            .substring(0, example.indexOf("server {"))
            .replaceAll("127\\.0\\.0\\.1:80\\d\\d ", "127.0.0.1:" + worker.port() + " ")
            .concat(
                example
                    .substring(example.indexOf("server {", example.indexOf("return 301")))
                    .replaceAll("(?m)^ *ssl_.*$", ""));
    try (Nginx nginx = Nginx.start(folder, conf, "listen 443 ssl;")) {
      assertCarries(nginx.uri("/"));
    }
  }
}
