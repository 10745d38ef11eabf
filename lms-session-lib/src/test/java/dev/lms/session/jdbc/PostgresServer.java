// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for tests, on loopback and a free port, made of the system's package {@code
 * postgresql}. It runs as a user without rights, as it demands. Stopped by {@link #close}.
 */
public final class PostgresServer implements AutoCloseable {
  private static final String NOBODY = "nobody";
  private static final String USER = "lms";

  /** Where processes of one that was killed have yet to notice. */
  private static final String OTHERS_LEFT = "pre-existing shared memory block";

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private static @Nullable PostgresServer shared;

  private final AtomicInteger databases = new AtomicInteger();
  private final Path folder;
  private final int port;
  private final List<String> options;

  /** Root may not run it, so that it is nobody's. */
  private final boolean asNobody;

  private Process process;

  private PostgresServer(Path folder, boolean asNobody, int port, List<String> options)
      throws IOException {
    this.folder = folder;
    this.asNobody = asNobody;
    this.port = port;
    this.options = options;
    run(
        command(
            "initdb", "-D", data(), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"));
    this.process = launch();
  }

  /** The one that all tests of this process share. What it keeps survives all but the machine. */
  public static synchronized PostgresServer shared() {
    PostgresServer known = shared;
    if (known == null) {
      known = start("fsync=off", "full_page_writes=off");
      Runtime.getRuntime().addShutdownHook(new Thread(known::close));
      shared = known;
    }
    return known;
  }

  /** Whether this machine has one. */
  public static boolean isInstalled() {
    try {
      return new ProcessBuilder(binary("postgres"), "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Starts one with these settings and waits until it answers. */
  public static PostgresServer start(String... settings) {
    try {
      Path folder = Files.createTempDirectory("postgres");
      // Who made the folder is who runs this, whatever that one is called.
      boolean root = Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"));
      if (root) {
        UserPrincipal nobody =
            folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
        Files.setOwner(folder, nobody);
      }
      List<String> options = new ArrayList<>();
      for (String setting : settings) {
        options.addAll(List.of("-c", setting));
      }
      return new PostgresServer(folder, root, RedisServer.freePort(), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private List<String> command(String name, String... arguments) {
    List<String> command = new ArrayList<>();
    if (asNobody) {
      command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=65534", "--clear-groups"));
    }
    command.add(binary(name));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** Debian keeps them where no PATH leads. */
  private static String binary(String name) {
    try (Stream<Path> versions = Files.isDirectory(DEBIAN) ? Files.list(DEBIAN) : Stream.empty()) {
      return versions
          .map(version -> version.resolve("bin").resolve(name))
          .filter(Files::isExecutable)
          .max(Comparator.naturalOrder())
          .map(Path::toString)
          .orElse(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(List<String> command) throws IOException {
    Path log = folder.resolveSibling(folder.getFileName() + ".log");
    Process started = builder(command, log).start();
    try {
      if (started.waitFor() != 0) {
        throw new IllegalStateException(command + " failed: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private ProcessBuilder builder(List<String> command, Path log) {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  private Process launch() throws IOException {
    List<String> command =
        command("postgres", "-D", data(), "-p", Integer.toString(port), "-h", "127.0.0.1");
    command.addAll(List.of("-c", "unix_socket_directories=", "-c", "max_connections=60"));
    command.addAll(options);
    Path log = folder.resolveSibling(folder.getFileName() + ".log");
    long said = Files.exists(log) ? Files.size(log) : 0;
    Process started = builder(command, log).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (Connection any = DriverManager.getConnection(url("postgres"))) {
        return started;
      } catch (SQLException e) {
        boolean lives = started.isAlive();
        String why = Files.readString(log);
        if (System.nanoTime() > deadline
            || (!lives
                && !why.substring(Math.min(why.length(), (int) said)).contains(OTHERS_LEFT))) {
          throw new IllegalStateException("PostgreSQL: " + why, e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        if (!lives) {
          said = Files.size(log);
          started = builder(command, log).start();
        }
      }
    }
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  public int port() {
    return port;
  }

  /** Of the process that starts all its others. */
  public long pid() {
    return process.pid();
  }

  /** The URL of a database that nobody else has. */
  public String newDatabase() {
    String name = "test" + databases.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url(name);
  }

  /** The same as sites have it in {@code DATABASE_URL}. */
  public String newSite() {
    return newDatabase().replaceFirst("^jdbc:postgresql://(.*)\\?user=(.*)$", "postgresql://$2@$1");
  }

  /** SIGKILL of all its processes, as when the machine's memory ran out; what it wrote stays. */
  public void kill() throws InterruptedException {
    List<ProcessHandle> all = process.toHandle().descendants().toList();
    process.destroyForcibly().waitFor();
    all.forEach(ProcessHandle::destroyForcibly);
  }

  /** Stops it in the middle of whatever it does (SIGSTOP), until {@link #resume}. */
  public void pause() {
    // First the one that starts others.
    signal(process.toHandle(), "STOP");
    process.descendants().forEach(one -> signal(one, "STOP"));
  }

  /** Lets it go on. */
  public void resume() {
    process.descendants().forEach(one -> signal(one, "CONT"));
    signal(process.toHandle(), "CONT");
  }

  /** Whoever has just gone away needs none. */
  private static void signal(ProcessHandle to, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(to.pid()))
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public void restart() throws IOException {
    process = launch();
  }

  @Override
  public void close() {
    try {
      // SIGINT: it sends everybody away.
      run(List.of("kill", "-INT", Long.toString(process.pid())));
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        kill();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
      Files.deleteIfExists(folder.resolveSibling(folder.getFileName() + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
