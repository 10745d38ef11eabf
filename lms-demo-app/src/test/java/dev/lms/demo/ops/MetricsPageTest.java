// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import static dev.lms.demo.monitor.Families.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.http.ErrorFilter;
import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.http.Router;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import io.prometheus.metrics.model.snapshots.Labels;
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

class MetricsPageTest {
  private static String written(Metrics.Source source) {
    return new Metrics().add(source).text();
  }

  @Test
  void aFamilyIsWrittenOnceWithItsSamples() {
    assertEquals(
        """
        # HELP lms_things_total Things that happened.
        # TYPE lms_things_total counter
        lms_things_total{kind="big",place="here"} 3.0
        lms_things_total{kind="small",place="there"} 0.5
        # HELP lms_up Whether it is up.
        # TYPE lms_up gauge
        lms_up 1.0
        """,
        written(
            out -> {
              out.counter(
                  "lms_things_total",
                  "Things that happened.",
                  List.of(
                      sample(3, "kind", "big", "place", "here"),
                      sample(0.5, "kind", "small", "place", "there")));
              out.gauge("lms_up", "Whether it is up.", 1);
            }));
  }

  @Test
  void aHistogramIsCumulativeAndEndsAtInfinity() {
    assertEquals(
        """
        # HELP lms_wait_seconds How long.
        # TYPE lms_wait_seconds histogram
        lms_wait_seconds_bucket{of="load",le="0.001"} 2
        lms_wait_seconds_bucket{of="load",le="1.0"} 2
        lms_wait_seconds_bucket{of="load",le="+Inf"} 6
        lms_wait_seconds_count{of="load"} 6
        lms_wait_seconds_sum{of="load"} 12.25
        """,
        written(
            out ->
                out.histogram(
                    "lms_wait_seconds",
                    "How long.",
                    List.of(
                        new Families.Distribution(
                            List.of(0.001, 1.0),
                            List.of(2L, 0L, 4L),
                            12.25,
                            Labels.of("of", "load"))))));
  }

  @Test
  void whatNoReaderWouldTakeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> sample(1, "alone"));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            written(
                out -> {
                  out.gauge("lms_y", "", 1);
                  out.gauge("lms_y", "", 1);
                }));
  }

  /** What says that descriptors, memory or collections run out. */
  @Test
  void theJvmTellsOfItself() {
    String text = new Metrics().withJvm().text();
    for (String family :
        List.of(
            "process_open_fds",
            "process_max_fds",
            "jvm_gc_collection_seconds_count",
            "jvm_memory_used_bytes",
            "jvm_threads_current")) {
      assertTrue(text.contains("\n" + family), family);
    }
  }

  @Test
  void thePageNamesItsFormatAndIsNeverStored() throws Exception {
    MetricsPage page = new MetricsPage(new Metrics().add(out -> out.gauge("lms_up", "Up.", 1)));
    WebServer server =
        WebServer.start(
            HttpProvider.JDK,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(new ErrorFilter(failure -> Optional.empty())),
            new Router(page.routes()));
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/metrics");
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      assertEquals(
          "text/plain; version=0.0.4; charset=utf-8",
          answer.headers().firstValue("Content-Type").orElseThrow());
      assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElseThrow());
      assertEquals("# HELP lms_up Up.\n# TYPE lms_up gauge\nlms_up 1.0\n", answer.body());
    } finally {
      server.drain(Duration.ZERO);
    }
  }
}
