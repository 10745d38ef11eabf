// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on the loopback: the {@code redis-server} of the PATH, else the binary of
 * embedded-redis.
 */
public final class RedisProcess implements AutoCloseable {
  private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Path folder;
  private final File binary;
  private final List<String> options;
  private int port;
  private Process process;

  public RedisProcess(Path folder) throws IOException {
    this(folder, findBinary(), List.of());
  }

  private RedisProcess(Path folder, File binary, List<String> options) throws IOException {
    this.folder = folder;
    this.binary = binary;
    this.options = options;
    this.process = launchOnFreePort();
  }

  /** One with further options, the file of its configuration first, in a folder that it makes. */
  static RedisProcess with(Path folder, String... options) throws IOException {
    return new RedisProcess(Files.createDirectories(folder), findBinary(), List.of(options));
  }

  /** The oldest version that the store promises to work with, 6.2. */
  static RedisProcess oldest(Path folder, String... options) throws IOException {
    return new RedisProcess(Files.createDirectories(folder), oldestBinary(), List.of(options));
  }

  private static File oldestBinary() throws IOException {
    return ExecutableProvider.newJarResourceProvider().get();
  }

  /** On another port if somebody was quicker to take the one that was free. */
  private Process launchOnFreePort() throws IOException {
    for (int attempt = 1; ; attempt++) {
      port = freePort();
      try {
        return launch();
      } catch (IOException e) {
        if (attempt == 5 || !String.valueOf(e.getMessage()).contains("in use")) {
          throw e;
        }
      }
    }
  }

  private static File findBinary() throws IOException {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String entry : Arrays.asList(path.split(File.pathSeparator, -1))) {
      Path candidate = Path.of(entry, "redis-server");
      if (Files.isExecutable(candidate)) {
        return candidate.toFile();
      }
    }
    return oldestBinary();
  }

  /**
   * A port that is free now, and so is the one 10,000 above it, which a cluster takes. Both lie
   * below those that the system gives to connections; a random one is not what the test beside this
   * one took.
   */
  private static int freePort() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 22_000);
      if (isFree(port) && isFree(port + 10_000)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(List.of(binary.getPath()));
    command.addAll(options);
    command.addAll(
        List.of(
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder.toString()));
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis.log").toFile())
            .start();
    awaitAnswer(started);
    return started;
  }

  private void awaitAnswer(Process started) throws IOException {
    long giveUp = System.nanoTime() + START_TIMEOUT_NANOS;
    while (!answers(started)) {
      if (!started.isAlive() || System.nanoTime() > giveUp) {
        started.destroyForcibly();
        throw new IOException(
            "Redis did not start: " + Files.readString(folder.resolve("redis.log")));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  /** That process, and not another server that was quicker to take the port. */
  private boolean answers(Process started) {
    try {
      return info("server", "process_id").equals(Long.toString(started.pid()));
    } catch (JedisDataException e) {
      return true; // It answers, though not this.
    } catch (JedisException e) {
      return false;
    }
  }

  /** SIGSTOP: connections stay open, nothing is answered. */
  void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      String pid = Long.toString(process.pid());
      if (new ProcessBuilder("kill", "-" + name, pid).start().waitFor() != 0) {
        throw new IllegalStateException("kill -" + name + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As SIGKILL does: no time to save anything. */
  void kill() {
    process.destroyForcibly();
    process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }

  void start() throws IOException {
    process = launch();
  }

  int port() {
    return port;
  }

  public RedisClient client() {
    return client(port);
  }

  /** This server, by another way to it. */
  static RedisClient client(int port) {
    return client(port, 2000);
  }

  /** With a time-out of its own, in milliseconds. */
  static RedisClient client(int port, int timeout) {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("127.0.0.1", port))
        .poolConfig(pool())
        .clientConfig(patience(timeout))
        .build();
  }

  static ConnectionPoolConfig pool() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(16);
    pool.setMaxWait(java.time.Duration.ofSeconds(5));
    pool.setJmxEnabled(false);
    return pool;
  }

  static JedisClientConfig patience() {
    return patience(2000);
  }

  private static JedisClientConfig patience(int timeout) {
    return DefaultJedisClientConfig.builder()
        .connectionTimeoutMillis(2000)
        .socketTimeoutMillis(timeout)
        .build();
  }

  Jedis admin() {
    // Jedis speaks RESP2 only, and logs a warning where it may ask for more.
    return new Jedis(
        new HostAndPort("127.0.0.1", port),
        DefaultJedisClientConfig.builder().autoNegotiateProtocol(false).build());
  }

  HostAndPort address() {
    return new HostAndPort("127.0.0.1", port);
  }

  /** What it says of itself in a section of INFO. */
  String info(String section, String field) {
    try (Jedis admin = admin()) {
      return admin
          .info(section)
          .lines()
          .filter(line -> line.startsWith(field + ":"))
          .map(line -> line.substring(field.length() + 1).strip())
          .findFirst()
          .orElseThrow();
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!holds(condition)) {
      if (System.nanoTime() > giveUp) {
        throw new AssertionError("waited in vain until " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Who is made master drops all connections, also of those who only look. */
  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (JedisConnectionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    kill();
  }
}
