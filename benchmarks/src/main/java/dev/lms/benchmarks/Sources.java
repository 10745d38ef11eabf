// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;

/** What is measured, by its versions. */
final class Sources {
  private static final String UNKNOWN = "unknown";

  private Sources() {}

  /** Of the checkout that this runs in; with a plus sign behind it if files were changed since. */
  static String commit() throws InterruptedException {
    String commit = git("rev-parse", "--short=12", "HEAD");
    return commit.isEmpty()
        ? UNKNOWN
        : git("status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + '+';
  }

  /** Empty if git is not there or says no. */
  private static String git(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? said.strip() : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Of the JDK, of Redis, and of the libraries as the build took them. */
  static Map<String, String> versions() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    versions.put("jdk", Runtime.version().toString());
    try (RedisServer server = RedisServer.start();
        Jedis jedis = server.jedis()) {
      versions.put("redis", RedisServer.version(jedis));
    }
    try (InputStream in = Sources.class.getResourceAsStream("versions.properties")) {
      Properties built = new Properties();
      built.load(in);
      built.forEach((name, version) -> versions.put(name.toString(), version.toString()));
    }
    return versions;
  }
}
