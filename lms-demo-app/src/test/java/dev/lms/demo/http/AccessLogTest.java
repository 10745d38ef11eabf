// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.log.LogFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final OwnRequests own = new OwnRequests();

  private TestSite site(LogFormat format, InetAddress... trusted) throws IOException {
    return TestSite.with(
        List.of(
            new AccessLog(
                format,
                new Proxies(Set.of(trusted)),
                () -> Instant.parse("2026-01-31T12:00:00Z"),
                lines::add,
                exchange ->
                    RequestTarget.of(exchange).path().equals("/livez") || own.includes(exchange))),
        new Router(
            List.of(
                Route.get("/livez", r -> r.text(200, "alive")),
                Route.get(
                    "/page",
                    r -> r.header("Cache-Status", "lms; hit; ttl=87").text(200, "hello")))));
  }

  private String line() throws InterruptedException {
    String line = lines.poll(60, TimeUnit.SECONDS);
    assertTrue(line != null, "a line");
    return line;
  }

  @Test
  void combinedAndWhatOperatorsAskFor() throws Exception {
    try (TestSite site = site(LogFormat.TEXT)) {
      HttpResponse<String> answer =
          site.send(
              site.request("/page?a=1")
                  .header("User-Agent", "Tes\"t")
                  .header("Cookie", "session=never")
                  .header("X-Request-Id", "forged"));
      String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
      assertNotEquals("forged", id, "nobody is trusted");
      String line = line();
      assertTrue(
          line.matches(
              "127\\.0\\.0\\.1 - - \\[31/Jan/2026:12:00:00 \\+0000] \"GET /page\\?a=1 HTTP/1\\.1\" 200"
                  + " 5 \"-\" \"Tes\\\\x22t\" [0-9.]+ "
                  + id
                  + " \"lms; hit; ttl=87\" "
                  + site.server.address().getPort()
                  + " -"),
          line);
      assertFalse(line.contains("never"), line);
      assertEquals(404, site.get("/nothing").statusCode());
      assertTrue(line().contains("\"GET /nothing HTTP/1.1\" 404 "));
      site.get("/livez");
      site.send(site.request("/page").header(OwnRequests.FIELD, own.word()));
      assertEquals(0, lines.size(), "neither who watches the site is written, nor the site itself");
      site.send(site.request("/page").header(OwnRequests.FIELD, new OwnRequests().word()));
      assertTrue(line().contains("/page"), "whoever says so without the word is");
    }
  }

  @Test
  void aTrustedProxyGivesAddressIdAndTrace() throws Exception {
    try (TestSite site = site(LogFormat.JSON, InetAddress.ofLiteral("127.0.0.1"))) {
      HttpResponse<String> answer =
          site.send(
              site.request("/page")
                  .header("X-Forwarded-For", "192.0.2.7")
                  .header("X-Request-Id", "edge-42")
                  .header("traceparent", TRACE));
      assertEquals("edge-42", answer.headers().firstValue("X-Request-Id").orElseThrow());
      JsonObject line = JsonParser.parseString(line()).getAsJsonObject();
      assertEquals("access", line.get("kind").getAsString());
      assertEquals("192.0.2.7", line.get("address").getAsString());
      assertEquals("edge-42", line.get("request").getAsString());
      assertEquals(TRACE, line.get("trace").getAsString());
      assertEquals("200", line.get("status").getAsString());
      site.send(site.request("/page").header("X-Request-Id", "no good id"));
      assertNotEquals(
          "no good id",
          JsonParser.parseString(line()).getAsJsonObject().get("request").getAsString());
    }
  }
}
