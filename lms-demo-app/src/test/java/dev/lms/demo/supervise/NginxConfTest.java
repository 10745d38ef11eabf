// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NginxConfTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir Path folder;

  private static List<String> servers(String conf) {
    return Pattern.compile("^ +server (\\S+) ", Pattern.MULTILINE)
        .matcher(conf)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void namesEveryWorkerOnce() {
    assertEquals(
        List.of("127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8082"),
        servers(NginxConf.render("0.0.0.0", 8080, 3, TIMEOUT)));
    assertEquals(List.of("10.0.0.7:80"), servers(NginxConf.render("10.0.0.7", 80, 1, TIMEOUT)));
    assertEquals(List.of("[::1]:8080"), servers(NginxConf.render("::", 8080, 1, TIMEOUT)));
    assertEquals(List.of("[fe80::1]:8080"), servers(NginxConf.render("fe80::1", 8080, 1, TIMEOUT)));
  }

  @Test
  void replacesTheFileAsAWhole() throws IOException {
    Path file = folder.resolve("lms.conf");
    NginxConf.write(file, "127.0.0.1", 8080, 2, TIMEOUT);
    NginxConf.write(file, "127.0.0.1", 9090, 1, TIMEOUT);
    assertEquals(NginxConf.render("127.0.0.1", 9090, 1, TIMEOUT), Files.readString(file));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
    assertThrows(
        IOException.class,
        () -> NginxConf.write(folder.resolve("no/such.conf"), "x", 1, 1, TIMEOUT));
    assertThrows(IOException.class, () -> NginxConf.write(folder, "x", 1, 1, TIMEOUT));
  }

  @Test
  void waitsLongerThanTheWorkersMayTake() {
    String conf = NginxConf.render("127.0.0.1", 8080, 1, Duration.ofMinutes(5));
    assertTrue(conf.contains("proxy_read_timeout 305s;"), conf);
  }

  @Test
  void keepsVisitorsFromHealthAndMetrics() {
    String conf = NginxConf.render("127.0.0.1", 8080, 1, TIMEOUT);
    Matcher closed = Pattern.compile("location ~ (\\S+) \\{[^}]*deny all;[^}]*\\}").matcher(conf);
    assertTrue(closed.find(), conf);
    Pattern paths = Pattern.compile(closed.group(1));
    for (String path : List.of("/livez", "/readyz", "/healthz", "/health", "/metrics")) {
      assertTrue(paths.matcher(path).find(), path);
    }
    assertFalse(paths.matcher("/course/metrics/view").find());
  }

  /** What nginx itself says of the file. */
  @Test
  void nginxAcceptsIt() throws Exception {
    Path file = folder.resolve("lms.conf");
    int port = WorkerProcess.freePorts(1);
    NginxConf.write(file, "127.0.0.1", 8080, 3, TIMEOUT);
    // As a person who may not listen on port 80.
    String conf = Files.readString(file);
    assertTrue(conf.contains("listen 80;"), conf);
    Path main =
        Nginx.configure(folder, conf.replace("listen 80;", "listen 127.0.0.1:" + port + ";"));
    List<String> command = new ArrayList<>(Nginx.command(folder, main, "daemon off;"));
    command.add("-t");
    Process nginx = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(nginx.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(nginx.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, nginx.exitValue(), said);
    assertFalse(said.contains("[warn]"), said);
  }
}
