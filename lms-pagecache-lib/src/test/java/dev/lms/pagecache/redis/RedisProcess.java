// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on the loopback: the {@code redis-server} of the PATH, else the binary of
 * embedded-redis.
 */
public final class RedisProcess implements AutoCloseable {
  private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Path folder;
  private final File binary;
  private int port;
  private Process process;

  public RedisProcess(Path folder) throws IOException {
    this.folder = folder;
    this.binary = findBinary();
    this.process = launchOnFreePort();
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
    return ExecutableProvider.newJarResourceProvider().get();
  }

  /**
   * A port that is free now, below those that the system gives to connections; a random one is not
   * what the test beside this one took.
   */
  private static int freePort() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken: another one
      }
    }
    throw new IllegalStateException("no free port");
  }

  private Process launch(String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                binary.getPath(),
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
    command.addAll(List.of(more));
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis.log").toFile())
            .start();
    awaitPort(started);
    return started;
  }

  private void awaitPort(Process started) throws IOException {
    long giveUp = System.nanoTime() + START_TIMEOUT_NANOS;
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        if (!started.isAlive() || System.nanoTime() > giveUp) {
          throw new IOException(
              "Redis did not start: " + Files.readString(folder.resolve("redis.log")), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }
  }

  /** As SIGKILL does: no time to save anything. */
  void kill() {
    process.destroyForcibly();
    process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
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
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(16);
    pool.setMaxWait(java.time.Duration.ofSeconds(5));
    pool.setJmxEnabled(false);
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("127.0.0.1", port))
        .poolConfig(pool)
        .clientConfig(
            DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(2000)
                .socketTimeoutMillis(2000)
                .build())
        .build();
  }

  Jedis admin() {
    // Jedis speaks RESP2 only, and logs a warning where it may ask for more.
    return new Jedis(
        new HostAndPort("127.0.0.1", port),
        DefaultJedisClientConfig.builder().autoNegotiateProtocol(false).build());
  }

  @Override
  public void close() {
    kill();
  }
}
