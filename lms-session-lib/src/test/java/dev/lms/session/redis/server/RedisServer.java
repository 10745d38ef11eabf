// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** A real Redis for a test, on loopback and a free port. Stopped by {@link #close}. */
public final class RedisServer implements AutoCloseable {
  private static final JedisClientConfig PLAIN = DefaultJedisClientConfig.builder().build();

  private final Path folder;
  private final List<String> command;
  private final int port;
  private final JedisClientConfig client;
  private Process process;

  private RedisServer(Path folder, List<String> command, int port, JedisClientConfig client)
      throws IOException {
    this.folder = folder;
    this.command = command;
    this.port = port;
    this.client = client;
    this.process = launch();
  }

  /** Starts one without persistence, with these further options, and waits until it answers. */
  public static RedisServer start(String... options) {
    return onFreePort(port -> start(port, options));
  }

  /** Starts a server on a port that was used before. */
  public static RedisServer start(int port, String... options) {
    return start(RedisBinary.INSTALLED, port, options);
  }

  /** Starts a server of a certain version. */
  public static RedisServer start(RedisBinary binary, String... options) {
    return onFreePort(port -> start(binary, port, options));
  }

  /** Starts it on a certain port. */
  public static RedisServer start(RedisBinary binary, int port, String... options) {
    try {
      Path folder = Files.createTempDirectory("redis");
      List<String> command = new ArrayList<>();
      command.add(binary.executable(folder));
      command.addAll(
          List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
      command.addAll(List.of("--dir", folder.toString(), "--daemonize", "no"));
      command.addAll(List.of(options));
      return new RedisServer(folder, command, port, PLAIN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that speaks nothing but TLS; options as a line of its configuration each. */
  public static RedisServer start(RedisBinary binary, TlsKeys keys, String... options) {
    return onFreePort(port -> start(binary, port, keys, options));
  }

  /** Starts it on a certain port. */
  public static RedisServer start(RedisBinary binary, int port, TlsKeys keys, String... options) {
    List<String> lines = new ArrayList<>(keys.options(port));
    lines.add("save \"\"");
    lines.addAll(List.of(options));
    return configured(binary, port, lines, List.of(), keys.client());
  }

  /** A Sentinel that watches the master on that port and lets two decide that it is gone. */
  public static RedisServer sentinel(RedisBinary binary, String name, int master) {
    return onFreePort(port -> sentinel(binary, name, master, port, List.of("port " + port), PLAIN));
  }

  /** Starts a Sentinel; clients, Sentinel and master all have one password. */
  public static RedisServer sentinel(RedisBinary binary, String name, int master, String password) {
    JedisClientConfig client = DefaultJedisClientConfig.builder().password(password).build();
    return onFreePort(
        port ->
            sentinel(
                binary,
                name,
                master,
                port,
                List.of("port " + port, "requirepass " + password),
                client,
                "sentinel auth-pass " + name + " " + password));
  }

  /** Starts a Sentinel with TLS, to clients and to what it watches. */
  public static RedisServer sentinel(RedisBinary binary, String name, int master, TlsKeys keys) {
    return onFreePort(
        port -> sentinel(binary, name, master, port, keys.options(port), keys.client()));
  }

  private static RedisServer sentinel(
      RedisBinary binary,
      String name,
      int master,
      int port,
      List<String> options,
      JedisClientConfig client,
      String... about) {
    List<String> lines = new ArrayList<>(options);
    lines.add("sentinel monitor " + name + " 127.0.0.1 " + master + " 2");
    lines.add("sentinel down-after-milliseconds " + name + " 2000");
    lines.add("sentinel failover-timeout " + name + " 5000");
    lines.addAll(List.of(about));
    return configured(binary, port, lines, List.of("--sentinel"), client);
  }

  private static RedisServer configured(
      RedisBinary binary,
      int port,
      List<String> lines,
      List<String> arguments,
      JedisClientConfig client) {
    try {
      Path folder = Files.createTempDirectory("redis");
      Path configuration = folder.resolve("redis.conf");
      List<String> all = new ArrayList<>(lines);
      all.addAll(List.of("bind 127.0.0.1", "dir " + folder));
      Files.write(configuration, all);
      List<String> command = new ArrayList<>();
      command.addAll(List.of(binary.executable(folder), configuration.toString()));
      command.addAll(arguments);
      return new RedisServer(folder, command, port, client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() throws IOException {
    launch(List.of());
    awaitAnswer();
    return process;
  }

  private void launch(List<String> options) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(options);
    process =
        new ProcessBuilder(all)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
  }

  /**
   * A port that is free now, and so is the one 10,000 above it. Both lie below those that the
   * system gives to connections, and a random one is not what the test beside this one took.
   */
  public static int freePort() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 22_000);
      if (isFree(port) && isFree(port + 10_000)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  /** Starts a server on a free port; on another one if somebody was quicker to take it. */
  static RedisServer onFreePort(IntFunction<RedisServer> launch) {
    for (int attempt = 1; ; attempt++) {
      try {
        return launch.apply(freePort());
      } catch (IllegalStateException e) {
        if (attempt == 5 || !String.valueOf(e.getMessage()).contains("in use")) {
          throw e;
        }
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

  private void awaitAnswer() throws IOException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > giveUp) {
        process.destroyForcibly();
        throw new IllegalStateException(Files.readString(folder.resolve("log")));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  /** This server, and not another one that was quicker to take the port. */
  private boolean answers() {
    try (Jedis jedis = jedis()) {
      jedis.ping();
      return info(jedis, "server", "process_id").equals(Long.toString(process.pid()));
    } catch (JedisDataException e) {
      // It answers, though perhaps only to ask for a password.
      return !String.valueOf(e.getMessage()).contains("LOADING");
    } catch (JedisException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  /** SIGKILL: what it wrote to its folder stays. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** After {@link #kill}: on the same port, with what it finds in its folder. */
  public void restart() {
    try {
      launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After {@link #kill}: it takes so long to read each key, and answers that it has yet to. */
  public void restartReading(Duration perKey) {
    try {
      launch(
          List.of(
              "--key-load-delay", Long.toString(TimeUnit.NANOSECONDS.toMicros(perKey.toNanos()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGSTOP: connections stay open, nothing is answered. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int exit =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (exit != 0) {
        throw new IllegalStateException("kill -" + name + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection of the test's own. */
  public Jedis jedis() {
    // Jedis speaks RESP2 only, and logs a warning where it may ask for more.
    JedisClientConfig plain =
        DefaultJedisClientConfig.builder().from(client).autoNegotiateProtocol(false).build();
    return new Jedis(new HostAndPort("127.0.0.1", port), plain);
  }

  /** For example {@code 7.0.15}. */
  public static String version(Jedis jedis) {
    return info(jedis, "server", "redis_version");
  }

  /** How often it has read from a socket, this question included: network round trips. */
  public static long totalReads(Jedis jedis) {
    return Long.parseLong(info(jedis, "stats", "total_reads_processed"));
  }

  public static String info(Jedis jedis, String section, String name) {
    return jedis
        .info(section)
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  /** Kills it. May be called twice. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
      if (!Files.exists(folder)) {
        return;
      }
      try (var files = Files.walk(folder)) {
        files
            .sorted(java.util.Comparator.reverseOrder())
            .forEach(file -> Objects.requireNonNull(file).toFile().delete());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
