// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.monitor.Metrics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestMetricsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lms; hit; ttl=87; detail=anon | hit",
        "lms; fwd=miss; stored; detail=auth | miss",
        "lms; fwd=stale | stale",
        "lms; fwd=miss; collapsed; detail=anon | collapsed",
        "lms; fwd=bypass; detail=user/post | bypass",
        "other | none",
        "| none"
      })
  void aLabelIsWhatTheCacheSaid(String header, String label) {
    assertEquals(label, RequestMetrics.cache(header));
  }

  /** Whoever asks for a thousand addresses makes no thousand series. */
  @Test
  void requestsAreCountedByRouteAndNothingThatVisitorsChoose() throws Exception {
    Metrics metrics = new Metrics();
    Router router =
        new Router(
            List.of(
                Route.get("/a/{b}", request -> request.text(200, "text/plain", "x")),
                Route.get("/watched", request -> request.text(200, "text/plain", "x"))));
    RequestMetrics counted =
        new RequestMetrics(
            metrics.registry(),
            exchange -> router.match(exchange).map(m -> m.route().pattern()).orElse("none"),
            exchange -> exchange.getRequestURI().getPath().equals("/watched"));
    WebServer server =
        WebServer.start(
            HttpProvider.JDK,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(counted, new ErrorFilter(failure -> Optional.empty())),
            router);
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : List.of("/a/1", "/a/2", "/nowhere/1", "/nowhere/2", "/watched")) {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
      }
    } finally {
      // After this, the counts of the last answer are made.
      server.drain(Duration.ofSeconds(5));
    }
    String text = metrics.text();
    for (String line :
        List.of(
            "lms_requests_total{cache=\"none\",route=\"/a/{b}\",status=\"200\"} 2.0\n",
            "lms_requests_total{cache=\"none\",route=\"none\",status=\"404\"} 2.0\n",
            "lms_request_duration_seconds_count{cache=\"none\",route=\"/a/{b}\"} 2\n",
            "lms_request_duration_seconds_count{cache=\"none\",route=\"none\"} 2\n")) {
      assertTrue(text.contains(line), text);
    }
    assertFalse(text.contains("watched"), text);
  }
}
