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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A server on loopback that runs beside this program, and is stopped with it. */
public final class Background implements AutoCloseable {
  private static final long LONGEST_START_SECONDS = 60;

  private final Process process;
  private final int port;
  private final Path log;
  private final long start;

  private Background(Process process, int port, Path log, long start) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.start = start;
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

  /** The first of so many ports in a row that nobody listens on at the moment. */
  static int freePorts(int count) throws IOException {
    while (true) {
      int first = freePort();
      if (IntStream.range(first + 1, first + count).allMatch(Background::isFree)) {
        return first;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts a program and does not wait. */
  static Background launch(
      int port, Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    long start = System.nanoTime();
    return new Background(builder.start(), port, log, start);
  }

  /** Starts a program and waits until something listens on its port. */
  static Background start(int port, Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    Background server = launch(port, log, environment, command);
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

  /** How long after its start a page was answered with 200 on this port; waits for that. */
  Duration firstAnswer(int atPort, String path) throws IOException {
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), atPort)) {
        socket.getOutputStream().write(request);
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (answer.startsWith("HTTP/1.1 200")) {
          return Duration.ofNanos(System.nanoTime() - start);
        }
      } catch (IOException e) {
        // Not yet.
      }
      if (!process.isAlive()
          || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS)) {
        throw new IOException(
            "port %d was not answered:%n%s".formatted(atPort, Files.readString(log)));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Whether it ends soon, and says that it did what it was to do. */
  boolean succeeds() {
    try {
      return process.waitFor(LONGEST_START_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Of a supervisor of the site. */
  List<ProcessHandle> workers() {
    return process
        .descendants()
        .filter(
            each -> List.of(each.info().arguments().orElse(new String[0])).contains("--supervised"))
        .toList();
  }

  /** Itself, without the processes that it started. */
  ProcessHandle handle() {
    return process.toHandle();
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

  /** An address on it. */
  public String url(String path) {
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
