// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import dev.lms.demo.WorkerProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real nginx with a configuration of ours, as an ordinary person starts it. */
final class Nginx implements AutoCloseable {
  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Serves on a free port what {@code conf} has for {@code listen}. */
  static Nginx start(Path folder, String conf, String listen) throws IOException {
    return start(folder, conf, listen, ";");
  }

  /** Starts it with what is to follow the port. */
  static Nginx start(Path folder, String conf, String listen, String how) throws IOException {
    int port = WorkerProcess.freePorts(1);
    Path main = configure(folder, conf.replace(listen, "listen 127.0.0.1:" + port + how));
    Process process =
        new ProcessBuilder(command(folder, main, "daemon off; master_process off;"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.log").toFile())
            .start();
    Nginx nginx = new Nginx(process, port);
    try {
      WorkerProcess.eventually(
          () -> !process.isAlive() || !WorkerProcess.isFree(port), "nginx listens");
      if (!process.isAlive()) {
        throw new AssertionError(Files.readString(folder.resolve("nginx.log")));
      }
      return nginx;
    } catch (Throwable e) {
      nginx.close();
      throw e;
    }
  }

  /** Writes {@code conf} and a main file that includes it into a folder; returns the main file. */
  static Path configure(Path folder, String conf) throws IOException {
    Files.writeString(folder.resolve("lms.conf"), conf);
    return Files.writeString(
        folder.resolve("nginx.conf"),
        """
        pid %1$s/nginx.pid;
        error_log stderr;
        events {}
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          include %1$s/lms.conf;
        }
        """
            .formatted(folder));
  }

  static List<String> command(Path folder, Path main, String directives) {
    return List.of(binary(), "-p", folder.toString(), "-c", main.toString(), "-g", directives);
  }

  /** Where distributions keep it, though only root's PATH leads there. */
  private static String binary() {
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/local/sbin:/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseThrow(() -> new AssertionError("tests need nginx: sudo apt-get install nginx"));
  }

  int port() {
    return port;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
