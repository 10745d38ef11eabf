// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.ConfigException;
import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.rehearsal.Rehearsal;
import dev.lms.demo.wiring.RunningSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JVM learns from is what people do, all of it answered as they would be. */
class RehearsalTest {
  @TempDir private Path folder;

  private Config config() {
    return Config.read(
        Map.of(
            "LMS_ENV", "development",
            "LMS_PORT", "0",
            "LMS_DATA_DIR", folder.toString(),
            "SECRET_KEY", "a secret for tests, long enough 0001"));
  }

  @Test
  void strangersLookAndSomebodySignsInAndEdits() throws Exception {
    Config config = config();
    Rehearsal rehearsal = Rehearsal.prepare(config, App.features());
    RunningSite site = RunningSite.start(config, Plans.small(), App.features(), Map.of());
    try {
      URI address = URI.create("http://127.0.0.1:" + site.port());
      rehearsal.run(address, 4);
      Browser browser = new Browser(address);
      String metrics = browser.get("/metrics").body();
      for (String route :
          List.of("POST /user/login", "POST /course/{code}/edit", "POST /user/logout")) {
        assertTrue(
            metrics.contains("\"" + route + "\",status=\"303\""),
            () -> route + " is not in\n" + metrics);
      }
    } finally {
      site.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void aSiteThatIsThereAlreadyGetsNoAccount() throws Exception {
    Rehearsal.prepare(config(), App.features());
    String said =
        String.valueOf(
            assertThrows(ConfigException.class, () -> Rehearsal.prepare(config(), App.features()))
                .getMessage());
    assertTrue(said.contains("new folder"), said);
  }

  @Test
  void anAnswerThatNobodyWantsEndsIt() throws IOException {
    Rehearsal rehearsal = Rehearsal.prepare(config(), App.features());
    byte[] list = "<a href=\"/course/a/view\">".getBytes(StandardCharsets.UTF_8);
    // As a site does: whoever creates the first server of a process decides whose they all are.
    WebServer broken =
        WebServer.start(
            HttpProvider.JDK,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(),
            exchange -> {
              boolean courses = exchange.getRequestURI().toString().equals("/course/explore");
              exchange.sendResponseHeaders(courses ? 200 : 500, list.length);
              exchange.getResponseBody().write(list);
              exchange.close();
            });
    try {
      URI address = URI.create("http://127.0.0.1:" + broken.address().getPort());
      String said =
          String.valueOf(
              assertThrows(IOException.class, () -> rehearsal.run(address, 4)).getMessage());
      assertTrue(said.contains("answered 500"), said);
    } finally {
      broken.drain(Duration.ZERO);
    }
  }
}
