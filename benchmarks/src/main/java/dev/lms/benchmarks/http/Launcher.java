// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Starts the shipped site, from a checkout that is built.
 *
 * @param command {@code lmsctl}
 * @param folder for logs and data
 */
record Launcher(Path command, Path folder) {
  private static final long LONGEST_CACHE_SECONDS = 120;

  boolean isThere() {
    return Files.isExecutable(command);
  }

  /** What is shipped. */
  Path jar() {
    return command.resolveSibling("lms-demo-app").resolve("target").resolve("lms-demo-app.jar");
  }

  /** A folder for data, which is new and has the sample courses. */
  Path newData() throws IOException {
    Path data = Files.createTempDirectory(folder, "site");
    Path log = folder.resolve("sample.log");
    List<String> load = List.of(command.toString(), "sample", "load");
    try (Background loading = Background.launch(0, log, production(data), load)) {
      if (!loading.succeeds()) {
        throw new IOException("the sample courses were not loaded:\n" + Files.readString(log));
      }
    }
    return data;
  }

  /** As a site is that serves people: elsewhere it does more than that. */
  private static Map<String, String> production(Path data) {
    return Map.of(
        "LMS_ENV", "production",
        "LMS_DATA_DIR", data.toString(),
        "SECRET_KEY", "the benchmarks' key, which guards nothing");
  }

  /** Does not wait until it listens. */
  Background launch(int port, Path data, Map<String, String> more) throws IOException {
    Map<String, String> environment = new LinkedHashMap<>(more);
    environment.put("LMS_HOST", "127.0.0.1");
    environment.put("LMS_PORT", Integer.toString(port));
    environment.putAll(production(data));
    return Background.launch(
        port,
        folder.resolve("site-" + port + ".log"),
        environment,
        List.of(command.toString(), "serve"));
  }

  /**
   * Waits until the cache is there of what the JVM has learned, which the first start makes in the
   * background.
   */
  boolean awaitCache() throws IOException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_CACHE_SECONDS);
    while (!hasCache()) {
      if (System.nanoTime() > giveUp) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    return true;
  }

  private boolean hasCache() throws IOException {
    try (Stream<Path> built = Files.list(jar().resolveSibling("."))) {
      return built.anyMatch(
          file ->
              file.getFileName().toString().matches("lms-demo-app-.*\\.aot")
                  && file.toFile().lastModified() >= jar().toFile().lastModified());
    }
  }
}
