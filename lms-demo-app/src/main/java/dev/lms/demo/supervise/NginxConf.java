// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;

/** The nginx configuration that spreads requests over the workers. */
public final class NginxConf {

  private NginxConf() {}

  /**
   * Writes a file for nginx's {@code http} block, whole or not at all.
   *
   * @param host what the workers listen on
   * @param firstPort of {@code count} consecutive ones
   * @param requestTimeout how long the workers may take over an answer
   */
  public static void write(
      Path file, String host, int firstPort, int count, Duration requestTimeout)
      throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new IOException(file + " is a folder");
    }
    // nginx reads it as another user: a temporary file's private mode would lock it out.
    Path temporary = folder.resolve(target.getFileName() + ".new");
    Files.writeString(temporary, render(host, firstPort, count, requestTimeout));
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static String render(String host, int firstPort, int count, Duration requestTimeout) {
    StringBuilder servers = new StringBuilder();
    for (int port = firstPort; port < firstPort + count; port++) {
      servers
          .append("    server ")
          .append(reachable(host))
          .append(':')
          .append(port)
          .append(" max_fails=0;\n");
    }
    return template()
        .replace("{servers}", servers)
        .replace("{seconds}", Long.toString(requestTimeout.toSeconds() + 5));
  }

  private static String template() {
    try (InputStream file = NginxConf.class.getResourceAsStream("nginx.conf")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A worker that listens everywhere is reached here. */
  private static String reachable(String host) {
    if (host.equals("0.0.0.0")) {
      return "127.0.0.1";
    }
    if (host.equals("::") || host.equals("[::]")) {
      return "[::1]";
    }
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }
}
