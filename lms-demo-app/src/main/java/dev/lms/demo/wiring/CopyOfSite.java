// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a copy of the site needs that runs beside it for a while: the same database and rules, with
 * sessions, stored pages and a key of its own, so that neither the workers nor the people signed in
 * there notice.
 */
public final class CopyOfSite implements AutoCloseable {
  private static final int KEY_BYTES = 32;

  private final Path folder;
  private final Config config;

  private CopyOfSite(Path folder, Config config) {
    this.folder = folder;
    this.config = config;
  }

  /**
   * Makes the copy's folder.
   *
   * @param original the configuration of the site
   */
  public static CopyOfSite of(Config original) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path folder = Files.createTempDirectory("lms-copy");
    return new CopyOfSite(folder, original.beside(folder, HexFormat.of().formatHex(key)));
  }

  /** The configuration to start it with. */
  public Config config() {
    return config;
  }

  /** Deletes what it left behind. */
  @Override
  public void close() throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.walk(folder)) {
      left = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
  }
}
