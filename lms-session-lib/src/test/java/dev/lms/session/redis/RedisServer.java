package dev.lms.session.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis for a test, on loopback and a free port: {@code redis-server} from the PATH, or else
 * the binary that comes through Maven. Stopped by {@link #close}.
 */
public final class RedisServer implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final int port;

  private RedisServer(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /** Starts one without persistence, with these further options, and waits until it answers. */
  public static RedisServer start(String... options) {
    return start(freePort(), options);
  }

  /** The same on a port that was used before. */
  public static RedisServer start(int port, String... options) {
    try {
      Path folder = Files.createTempDirectory("redis");
      List<String> command = new ArrayList<>();
      command.add(executable());
      command.addAll(
          List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
      command.addAll(List.of("--dir", folder.toString(), "--daemonize", "no"));
      command.addAll(List.of(options));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      RedisServer server = new RedisServer(folder, process, port);
      server.awaitAnswer();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String executable() throws IOException {
    if (onPath()) {
      return "redis-server";
    }
    return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
  }

  private static boolean onPath() throws IOException {
    try {
      Process probe = new ProcessBuilder("redis-server", "--version").start();
      try (InputStream out = probe.getInputStream()) {
        out.readAllBytes();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitAnswer() throws IOException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      try (Jedis jedis = jedis()) {
        jedis.ping();
        return;
      } catch (JedisException e) {
        if (!process.isAlive() || System.nanoTime() > giveUp) {
          throw new IllegalStateException(Files.readString(folder.resolve("log")), e);
        }
        Thread.onSpinWait();
      }
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

  /** A connection of the test's own. */
  public Jedis jedis() {
    return new Jedis("127.0.0.1", port);
  }

  /** How often it has read from a socket, this question included: network round trips. */
  static long totalReads(Jedis jedis) {
    return jedis
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_reads_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
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
