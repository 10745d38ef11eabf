// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server on loopback that runs beside this program, and is stopped with it. */
final class Background implements AutoCloseable {
  private static final long LONGEST_START_SECONDS = 60;

  private final Process process;
  private final int port;

  private Background(Process process, int port) {
    this.process = process;
    this.port = port;
    // However this program ends.
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** A port nobody listens on at the moment, and which no connection is given meanwhile. */
  static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Taken: another one.
      }
    }
  }

  /** Starts a program and waits until something listens on its port. */
  static Background start(int port, Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Background server = new Background(builder.start(), port);
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS);
    while (!server.listens()) {
      if (!server.process.isAlive() || System.nanoTime() > giveUp) {
        server.close();
        throw new IOException(
            "%s did not start:%n%s".formatted(command.get(0), Files.readString(log)));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return server;
  }

  /** Waits until a page is answered with 200. */
  void await(String path) throws IOException, InterruptedException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS);
    while (status(path) != 200) {
      if (System.nanoTime() > giveUp) {
        throw new IOException(url(path) + " is not well again");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private int status(String path) throws IOException {
    HttpURLConnection asking = (HttpURLConnection) URI.create(url(path)).toURL().openConnection();
    asking.setConnectTimeout(5000);
    asking.setReadTimeout(5000);
    try {
      return asking.getResponseCode();
    } catch (SocketTimeoutException e) {
      return 0;
    } finally {
      asking.disconnect();
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** The processor time that it has taken, with the processes that it started and still has. */
  Duration processorTime() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
