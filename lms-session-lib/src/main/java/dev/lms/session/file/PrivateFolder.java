// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionStoreException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A folder that only its owner can enter (0700), with files only its owner can read (0600). */
final class PrivateFolder {
  static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(OWNERS);

  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  /** Less than a session takes. */
  private static final long SMALLEST_SPACE = 4096;

  private PrivateFolder() {}

  /**
   * Makes the folder if it is missing, and ours for nobody else to enter; refuses one that others
   * could have planted files in.
   */
  static void open(Path folder) {
    try {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
        checkParent(folder, parent);
      }
      create(folder);
      check(folder);
    } catch (IOException e) {
      throw trouble("use", folder, e);
    }
  }

  static void create(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, FOLDER);
    } catch (FileAlreadyExistsException e) {
      // Ours from before, or another process was quicker; or not ours: check() tells.
    }
  }

  /** Of a file or a link, not of what the link leads to. */
  static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Whether there is something of this name.
   *
   * @throws IOException if that cannot be told; {@link Files#exists} would answer that it is not
   */
  static boolean exists(Path path) throws IOException {
    try {
      attributes(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** What an operator can do about it. */
  static SessionStoreException trouble(String what, Path folder, IOException e) {
    String failed = "cannot %s %s: ".formatted(what, folder);
    if (e instanceof ClosedByInterruptException) {
      return SessionStoreException.ofThisCall(failed + "this thread was interrupted", e);
    }
    if (e instanceof SlotFolder.NewerFile) {
      return SessionStoreException.ofThisCall(failed + e.getMessage(), e);
    }
    if (!folder.toFile().exists()) {
      return new SessionStoreException(
          "%sit is gone; bring it back, or restart to begin a new one (%s)"
              .formatted(failed, e.getMessage()),
          e);
    }
    String remedy =
        isFull(folder)
            ? "its disk is full: free some space, and what was there is still there"
            : "see that this process may read and write there, and that its disk is sound and not"
                + " mounted read-only";
    return new SessionStoreException("%s%s (%s)".formatted(failed, remedy, e.getMessage()), e);
  }

  private static boolean isFull(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace() < SMALLEST_SPACE;
    } catch (IOException e) {
      return false;
    }
  }

  private static void check(Path folder) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes found = view.readAttributes();
    if (!found.isDirectory()) {
      throw new IllegalArgumentException(
          "the session folder %s is a %s; name a real folder"
              .formatted(folder, found.isSymbolicLink() ? "symbolic link" : "file"));
    }
    Path probe = Files.createTempFile(folder, "owner", ".tmp", FILE);
    try {
      if (!Files.getOwner(probe).equals(found.owner())) {
        throw new IllegalArgumentException(
            "the session folder %s belongs to %s; use one of your own"
                .formatted(folder, found.owner().getName()));
      }
    } finally {
      Files.delete(probe);
    }
    Set<PosixFilePermission> permissions = found.permissions();
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IllegalArgumentException(
          "others can write to the session folder %s; run: chmod 700 %s".formatted(folder, folder));
    }
    if (!OWNERS.containsAll(permissions)) {
      // Made by an installer, say: others could list who comes and goes.
      view.setPermissions(OWNERS);
    }
  }

  /** Where everybody may rename everything, somebody could put a folder of theirs in its place. */
  private static void checkParent(Path folder, Path parent) throws IOException {
    int mode = (Integer) Files.getAttribute(parent, "unix:mode");
    if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new IllegalArgumentException(
          "everybody could replace the session folder %s, because everybody can write to %s; run: chmod o-w %s"
              .formatted(folder, parent, parent));
    }
  }
}
