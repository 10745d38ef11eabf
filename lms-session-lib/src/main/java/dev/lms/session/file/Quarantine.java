// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where files go that nobody can read, for a person to look at: a sub-folder that never holds more
 * than so many, each for so long after its last change. Only their names are logged.
 */
final class Quarantine {
  static final int MOST = 1000;

  /** How long what cannot be read is kept after its last change. */
  static final Duration KEPT = Duration.ofDays(90);

  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());

  private final Path folder;

  Quarantine(Path folder) {
    this.folder = folder;
  }

  /** A file and when it was last changed. */
  private record Kept(Path file, FileTime changed) {}

  /**
   * Moves a file here; a full or read-only disk is no reason to fail, because the file is as good
   * as absent where it is.
   *
   * @return whether it is gone from where it was
   */
  boolean take(Path file) {
    try {
      PrivateFolder.create(folder);
      Path taken = folder.resolve(file.getFileName());
      Files.move(file, taken, StandardCopyOption.ATOMIC_MOVE);
      Files.setPosixFilePermissions(taken, PosixFilePermissions.fromString("rw-------"));
      dropOldest();
      LOG.log(Level.WARNING, "{0} is damaged: moved to {1}", file.getFileName(), folder);
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} is damaged and cannot be moved: {1}", file, e);
      return false;
    }
  }

  void sweep(Instant now) throws IOException {
    for (Kept kept : files()) {
      if (isOld(kept.changed(), now)) {
        Files.deleteIfExists(kept.file());
      }
    }
  }

  /** Whether what was last changed then has been kept long enough. */
  static boolean isOld(FileTime changed, Instant now) {
    return changed.toInstant().plus(KEPT).isBefore(now);
  }

  private void dropOldest() throws IOException {
    List<Kept> files = files();
    files.sort(Comparator.comparing(Kept::changed));
    for (Kept kept : files.subList(0, Math.max(0, files.size() - MOST))) {
      Files.deleteIfExists(kept.file());
    }
  }

  private List<Kept> files() throws IOException {
    List<Kept> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        files.add(new Kept(file, Files.getLastModifiedTime(file)));
      }
    } catch (NoSuchFileException e) {
      // No folder yet, or another process was quicker: what is left is for the next time.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }
}
