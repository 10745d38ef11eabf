// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/**
 * SQLite's native part, unpacked once beside the database and not by every process: the driver
 * would write it to the system's folder for temporary files at each start, compare it byte by byte,
 * and leave it there when the process is killed.
 *
 * <p>Only in a folder that is this user's alone, for what lies there is run. Wherever that cannot
 * be told or nothing can be written, the driver goes its own way.
 */
final class SqliteLibrary {
  private static final System.Logger LOG = System.getLogger(SqliteLibrary.class.getName());

  private static final String PREFIX = "libsqlite-";

  /** Any file that differs from one version of the driver to the next. */
  private static final String VERSIONED = "/org/sqlite/native/Linux/x86_64/libsqlitejdbc.so";

  private static final int WRITABLE_BY_OTHERS = 022;

  private SqliteLibrary() {}

  /**
   * Has the driver take it from this folder, if that can be. The first call of a process decides:
   * two copies of a library in one process are one too many.
   */
  static void keepIn(Path folder) {
    if (System.getProperties().putIfAbsent("org.sqlite.lib.path", "") != null) {
      return;
    }
    try {
      Optional<Path> file = in(folder);
      if (file.isPresent()) {
        use(folder, file.get());
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(Level.DEBUG, "SQLite's native part is not kept in " + folder, e);
    }
  }

  @SuppressWarnings("restricted")
  private static void use(Path folder, Path file) throws IOException {
    try {
      // Before the driver tries: it would complain on standard error.
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      Files.deleteIfExists(file);
      throw new IOException(file + " cannot be loaded", e);
    }
    System.setProperty("org.sqlite.lib.path", folder.toString());
    System.setProperty("org.sqlite.lib.name", String.valueOf(file.getFileName()));
    // It looks through this one for what processes left behind.
    System.setProperty("org.sqlite.tmpdir", folder.toString());
  }

  /** The file in this folder, unpacked if it was not there; empty if it may not be run. */
  static Optional<Path> in(Path folder) throws IOException {
    Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!isOf(user, folder)) {
      return Optional.empty();
    }
    Path file = folder.resolve(PREFIX + version() + "-" + OSInfo.getArchName() + ".so");
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      unpack(folder, file);
    }
    return isOf(user, file) ? Optional.of(file) : Optional.empty();
  }

  /** Whether it is this user's, and nobody else may change it. */
  private static boolean isOf(Object user, Path file) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(file, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    return user.equals(facts.get("uid"))
        && facts.get("mode") instanceof Integer mode
        && (mode & WRITABLE_BY_OTHERS) == 0;
  }

  private static String version() throws IOException {
    URL url = SqliteLibrary.class.getResource(VERSIONED);
    URLConnection entry = url == null ? null : url.openConnection();
    if (entry instanceof JarURLConnection jar) {
      return Long.toHexString(jar.getJarEntry().getCrc());
    }
    throw new IOException("the driver does not come from a jar");
  }

  /** Others may do the same now: each writes a file of its own, and the names change at once. */
  private static void unpack(Path folder, Path file) throws IOException {
    String packed =
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
    Path draft = Files.createTempFile(folder, PREFIX, ".draft");
    try (InputStream library = SqliteLibrary.class.getResourceAsStream(packed)) {
      if (library == null) {
        throw new IOException("no " + packed);
      }
      try (OutputStream unpacked = Files.newOutputStream(draft)) {
        library.transferTo(unpacked);
      }
      removeOthers(folder, file);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Of other versions; who runs with one of them has it open. The file itself stays: another
   * process may have put it there just now, and its driver is yet to look for it.
   */
  static void removeOthers(Path folder, Path file) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(folder, PREFIX + "*.so")) {
      for (Path other : others) {
        if (!other.equals(file)) {
          Files.deleteIfExists(other);
        }
      }
    }
  }
}
