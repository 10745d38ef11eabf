// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.WorkerProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The shipped jar on the other provider of the server: sessions, cached pages and refusals. */
class HttpProviderIT {
  private static final String SIGNED_IN = "data-testid=\"user-menu\"";

  private static HttpResponse<byte[]> ask(WorkerProcess worker, String method, String... fields)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(worker.uri("/course/explore"))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (fields.length > 0) {
      request.headers(fields);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static String field(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("none");
  }

  private static String raw(WorkerProcess worker, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), worker.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static WorkerProcess serve(String environment) {
    return WorkerProcess.serve(Map.of("LMS_ENV", environment, "LMS_HTTP_PROVIDER", "robaho"));
  }

  @Test
  void sessionsAndSharedPagesWorkOnTheOtherProvider() {
    try (WorkerProcess worker = serve("development")) {
      worker.awaitOutput("HTTP server: robaho");
      worker.awaitOutput("Warning: LMS_HTTP_PROVIDER=robaho");
      Browser student = new Browser(worker.uri("/"));
      Browser other = new Browser(worker.uri("/"));
      assertEquals(303, student.signIn("student1").status());
      assertEquals(303, other.signIn("student2").status());
      Answer first = student.get("/course/explore");
      Answer shared = other.get("/course/explore");
      assertTrue(shared.header("cache-status").startsWith("lms; hit; "), shared.toString());
      assertNotEquals(first.page(), shared.page(), "each has their own name in the hole");
      assertTrue(shared.body().contains(SIGNED_IN), shared.body());
      assertEquals(303, student.signOut().status());
      assertFalse(student.get("/course/explore").body().contains(SIGNED_IN));
      assertEquals(0, worker.terminate());
    }
  }

  @Test
  void storedPagesAndRefusalsAreTheSameOnTheOtherProvider() throws Exception {
    try (WorkerProcess worker = serve("testing")) {
      assertTrue(field(ask(worker, "GET"), "Cache-Status").startsWith("lms; fwd=miss; stored"));
      HttpResponse<byte[]> hit = ask(worker, "GET");
      assertTrue(field(hit, "Cache-Status").startsWith("lms; hit; "));
      String page = new String(hit.body(), StandardCharsets.UTF_8);
      HttpResponse<byte[]> zipped = ask(worker, "GET", "Accept-Encoding", "gzip");
      assertEquals("gzip", field(zipped, "Content-Encoding"));
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
        assertEquals(page, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
      assertEquals(304, ask(worker, "GET", "If-None-Match", field(hit, "ETag")).statusCode());
      HttpResponse<byte[]> head = ask(worker, "HEAD");
      assertEquals(200, head.statusCode());
      assertEquals(Integer.toString(hit.body().length), field(head, "Content-Length"));
      // A page with holes is sent whole, on every server.
      assertEquals(200, ask(worker, "GET", "Range", "bytes=0-9").statusCode());

      String post = "POST /user/login HTTP/1.1\r\nHost: x\r\n";
      assertTrue(
          raw(worker, post + "Transfer-Encoding: chunked\r\n\r\n").startsWith("HTTP/1.1 411 "));
      String large = "X: " + "y".repeat(20_000);
      assertTrue(
          raw(worker, "GET / HTTP/1.1\r\nHost: x\r\n" + large + "\r\n\r\n")
              .startsWith("HTTP/1.1 431 "));
    }
  }
}
