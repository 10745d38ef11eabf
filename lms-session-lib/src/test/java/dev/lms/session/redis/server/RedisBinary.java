// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;

/** Which redis-server a test runs. Those that come through Maven are always there. */
public enum RedisBinary {
  /** {@code redis-server} from the PATH, or else 6.2. */
  INSTALLED,
  /** The oldest that the stores promise to work with. */
  V6_2,
  /** {@code redis-server} from the PATH if it is 7 or newer, or else 7.0. */
  V7_OR_NEWER;

  private static final String ON_PATH = "redis-server";
  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.");

  String executable(Path folder) throws IOException {
    return switch (this) {
      case INSTALLED -> versionOnPath() > 0 ? ON_PATH : six();
      case V6_2 -> six();
      case V7_OR_NEWER -> versionOnPath() >= 7 ? ON_PATH : seven(folder);
    };
  }

  private static int versionOnPath() throws IOException {
    try {
      Process probe = new ProcessBuilder(ON_PATH, "--version").start();
      try (InputStream out = probe.getInputStream()) {
        Matcher version =
            VERSION.matcher(new String(out.readAllBytes(), StandardCharsets.US_ASCII));
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
      }
    } catch (IOException e) {
      return 0;
    }
  }

  private static String six() throws IOException {
    return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
  }

  private static String seven(Path folder) throws IOException {
    String name = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    String machine =
        System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("aarch64")
            ? "arm64"
            : "amd64";
    String resource = "/redis-server-7.0.15-" + name + "-" + machine;
    Path executable = folder.resolve("redis-server");
    try (InputStream in = RedisBinary.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            resource
                + " is not on the test class path: depend on org.signal:embedded-redis, or put a"
                + " redis-server 7 or newer on the PATH");
      }
      Files.copy(in, executable);
    }
    Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwx------"));
    return executable.toString();
  }
}
