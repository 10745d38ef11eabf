// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The JDKs of this machine. Distributions keep theirs side by side. */
final class Jdks {
  private Jdks() {}

  /** The one that runs this. */
  static Path own() {
    return Path.of(System.getProperty("java.home")).toAbsolutePath();
  }

  /** The oldest that the libraries support, if it stands beside the one that runs this. */
  static Optional<Path> jdk17() throws IOException {
    Path beside = own().getParent();
    if (beside == null) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(beside)) {
      return folders.filter(Jdks::isJdk17).findFirst();
    }
  }

  /** A JDK's release file says its version. */
  private static boolean isJdk17(Path folder) {
    Path release = folder.resolve("release");
    try {
      return Files.isExecutable(folder.resolve("bin/javac"))
          && Files.isReadable(release)
          && Files.readString(release).contains("JAVA_VERSION=\"17.");
    } catch (IOException e) {
      return false;
    }
  }
}
