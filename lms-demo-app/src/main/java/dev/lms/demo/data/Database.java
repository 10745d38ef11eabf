// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.util.OSInfo;

/**
 * One SQLite file, shared by all worker processes of a machine, or a PostgreSQL, shared by those of
 * many. A process reads through a few connections and writes through one; readers wait for nobody,
 * and what one process has committed the next read of any process sees.
 *
 * <p>Thread-safe, and made for virtual threads: callers park while platform threads do the work.
 * Every wait is bounded and ends in a {@link DatabaseBusyException}.
 */
public final class Database implements AutoCloseable {
  private static final String PREFIX = "jdbc:sqlite:";

  /** The file that counts the changes of another, with SQLite's own beside it. */
  private static final String CHANGES = "-changes";

  /** How long a caller waits for a thread, and SQLite for a lock. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration RETRY = Duration.ofMillis(5);

  private static final int QUEUE = 1000;

  /** The number is ours: no other program of the database should lock it. */
  private static final String WRITE_ALONE = "BEGIN; SELECT pg_advisory_xact_lock(1280140288)";

  private static final String READ_ONE_STATE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  private static final int SESSION_CONNECTIONS_TO_SERVER = 10;
  private static final int SESSION_CONNECTIONS = 4;

  /** What SQLite keeps open, and which files they were. */
  private final Map<Path, Object> files;

  private final Lane readers;
  private final Lane writer;

  private final Version version;

  private Database(Map<Path, Object> files, Lane readers, Lane writer, Version version) {
    this.files = files;
    this.readers = readers;
    this.writer = writer;
    this.version = version;
  }

  /** Statements that belong together. */
  @FunctionalInterface
  public interface Work<R> {
    /** Runs on a database thread; what it throws undoes what it did. */
    R run(Sql sql) throws SQLException;
  }

  /**
   * Opens the database, creating and filling it if it is new. Safe when several processes do so at
   * once: one fills it, the others wait and find it filled.
   *
   * @param url {@code jdbc:sqlite:} and the path of a file in an existing folder, or {@code
   *     postgresql://user:password@host/database}
   * @param readers how many reads run at the same time
   * @param tables those of all features, in the order in which they build on one another
   * @param samples what a new file is filled with
   * @throws IllegalArgumentException if the URL names no SQLite file
   * @throws DatabaseException if the file cannot be opened or filled
   */
  public static Database open(String url, int readers, List<Tables> tables, Samples samples) {
    return PostgresUrl.is(url)
        ? openPostgres(PostgresUrl.of(url), readers, tables, samples)
        : openFile(url, readers, tables, samples);
  }

  /** Whoever writes does it alone, among all processes on all machines, as in a file. */
  private static Database openPostgres(
      PostgresUrl url, int readers, List<Tables> tables, Samples samples) {
    @Nullable Lane writing = null;
    List<Connection> opened = new ArrayList<>();
    try {
      for (int i = 0; i <= readers; i++) {
        opened.add(url.connect());
      }
      writing =
          new Lane("writer", WRITE_ALONE, opened.subList(0, 1), QUEUE, PATIENCE, url::connect);
      writing.run(sql -> Schema.bring(sql, tables, samples));
      return new Database(
          Map.of(),
          new Lane(
              "reader",
              READ_ONE_STATE,
              opened.subList(1, opened.size()),
              QUEUE,
              PATIENCE,
              url::connect),
          writing,
          new ServerVersion(url));
    } catch (SQLException | RuntimeException e) {
      if (writing != null) {
        writing.close();
      }
      opened.forEach(Database::closeQuietly);
      throw new DatabaseException("cannot open the database " + url + ": " + e.getMessage(), e);
    }
  }

  private static Database openFile(String url, int readers, List<Tables> tables, Samples samples) {
    Path file = file(url);
    createPrivately(file);
    SqliteLibrary.keepIn(file.resolveSibling(""));
    List<Connection> opened = new ArrayList<>();
    try {
      DataVersion version = new DataVersion(beside(file, CHANGES), ownerOnly());
      Connection writer = connect(file);
      opened.add(writer);
      switchToWal(writer);
      Lane writing = new Lane("writer", "BEGIN IMMEDIATE", List.of(writer), QUEUE, PATIENCE);
      try {
        writing.run(sql -> Schema.bring(sql, tables, samples));
      } catch (RuntimeException e) {
        writing.close();
        throw e;
      }
      List<Connection> reading = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        Connection reader = connect(file);
        opened.add(reader);
        pragma(reader, "query_only=ON");
        reading.add(reader);
      }
      return new Database(
          keys(file), new Lane("reader", "BEGIN", reading, QUEUE, PATIENCE), writing, version);
    } catch (SQLException | IOException e) {
      opened.forEach(Database::closeQuietly);
      throw new DatabaseException("cannot open the database " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * What one of its lanes does now: that of readers, or that of the writer.
   *
   * @param active threads that work
   * @param waiting callers that wait for one
   */
  public record Load(String lane, int active, int waiting) {}

  /** What its lanes do now. */
  public List<Load> load() {
    return List.of(
        new Load("reader", readers.active(), readers.waiting()),
        new Load("writer", writer.active(), writer.waiting()));
  }

  /** Runs queries that see one state of the database. */
  public <R> R read(Work<R> work) {
    return readers.run(work);
  }

  /**
   * What differs from all earlier answers as soon as {@link #write} has returned, in whichever
   * process. Of a file it takes nanoseconds and no thread; of a PostgreSQL a round trip, which all
   * share who ask before it begins.
   *
   * @return empty if it cannot be told
   */
  public Optional<String> version() {
    return version.now();
  }

  /** Runs the work alone among all writers of all processes; committed when this returns. */
  public <R> R write(Work<R> work) {
    try {
      return writer.run(work);
    } finally {
      version.changed();
    }
  }

  /**
   * Sees that the files are those that were opened, and can be read. Who starts now would work on
   * others, while this process goes on with files that nobody else has.
   *
   * @throws DatabaseException if it is not, with the remedy
   */
  public void check() {
    files.forEach(
        (file, key) -> {
          if (!key(file).equals(key)) {
            throw new DatabaseException(
                "the database " + file + " was replaced: restart every worker, or bring it back");
          }
        });
    read(
        sql -> {
          if (!sql.isPostgres()) {
            // What this connection remembers of the file would answer for what is in it no more.
            sql.script("PRAGMA shrink_memory");
          }
          Schema.check(sql);
          return true;
        });
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /**
   * Of the database, its log and the index of that, which stay while a connection is open, and of
   * the number of its changes.
   */
  private static Map<Path, Object> keys(Path file) {
    Map<Path, Object> keys = new LinkedHashMap<>();
    for (String suffix : List.of("", "-wal", "-shm", CHANGES)) {
      Path one = beside(file, suffix);
      keys.put(one, key(one));
    }
    return keys;
  }

  private static Object key(Path file) {
    try {
      return String.valueOf(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      throw new DatabaseException(
          "the database " + file + " is gone: bring it back, or restart to begin a new one", e);
    } catch (IOException e) {
      throw new DatabaseException("cannot look at the database " + file, e);
    }
  }

  /** Finishes what has begun, then closes the file. */
  @Override
  public void close() {
    version.close();
    readers.close();
    writer.close();
  }

  /**
   * Whether there is a database already.
   *
   * @param url as with {@link #open}
   * @throws IllegalArgumentException if the URL names no SQLite file
   */
  public static boolean exists(String url) {
    return PostgresUrl.is(url) ? PostgresUrl.of(url).isServer() : Files.exists(file(url));
  }

  /**
   * Connections to the same database, for what has tables of its own in it.
   *
   * @param url as with {@link #open}
   * @throws IllegalArgumentException if the URL names no SQLite file
   */
  public static Connections connections(String url) {
    if (PostgresUrl.is(url)) {
      PostgresUrl server = PostgresUrl.of(url);
      return new Connections(server.jdbc(), server.properties(), SESSION_CONNECTIONS_TO_SERVER);
    }
    // Whoever waits in SQLite holds the processor's thread: not for long, and then tries again.
    Properties properties = new Properties();
    properties.setProperty("busy_timeout", "50");
    Path file = file(url);
    SqliteLibrary.keepIn(file.resolveSibling(""));
    return new Connections(PREFIX + file, properties, SESSION_CONNECTIONS);
  }

  private static Path file(String url) {
    String name = url.startsWith(PREFIX) ? url.substring(PREFIX.length()) : "";
    if (name.isEmpty() || name.startsWith(":") || name.startsWith("file:") || name.contains("?")) {
      throw new IllegalArgumentException(
          "DATABASE_URL must be jdbc:sqlite: followed by the path of a file");
    }
    return Path.of(name).toAbsolutePath();
  }

  /** SQLite gives its journal files the rights of the database file. */
  private static void createPrivately(Path file) {
    try {
      Files.createFile(file, ownerOnly());
    } catch (FileAlreadyExistsException expected) {
      // Another start made it.
    } catch (IOException e) {
      throw new DatabaseException(
          "cannot create the database file " + file + "; is its folder there and writable?", e);
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) PATIENCE.toMillis());
    config.enforceForeignKeys(true);
    try {
      return config.createConnection(PREFIX + file);
    } catch (SQLException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof NativeLibraryNotFoundException) {
          throw new DatabaseException(
              "SQLite comes with this program for Linux (x64, arm64, musl x64), macOS (arm64) and"
                  + " Windows (x64), not for "
                  + OSInfo.getNativeLibFolderPathForCurrentOS()
                  + "; point DATABASE_URL at a PostgreSQL",
              e);
        }
      }
      throw e;
    }
  }

  /**
   * Turning a new file into WAL needs it alone for a moment, and for that SQLite does not wait as
   * it does for other locks: of two processes that try at once, one is told that the file is busy.
   */
  private static void switchToWal(Connection connection) throws SQLException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        pragma(connection, "journal_mode=WAL");
        return;
      } catch (SQLException e) {
        boolean busy = (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
        if (!busy || System.nanoTime() - giveUp > 0) {
          throw e;
        }
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
  }

  private static void pragma(Connection connection, String pragma) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA " + pragma);
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // The failure that led here is the one to report.
    }
  }
}
