package dev.lms.session;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A folder that only its owner can enter (0700), with files only its owner can read (0600). */
final class PrivateFolder {
  static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFolder() {}

  /** Makes the folder if it is missing; refuses one that others could read or plant files in. */
  static void open(Path folder) {
    try {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      create(folder);
      check(folder);
    } catch (IOException e) {
      throw new SessionStoreException("cannot use the session folder " + folder, e);
    }
  }

  static void create(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, FOLDER);
    } catch (FileAlreadyExistsException e) {
      // Ours from before, or another process was quicker; or not ours: check() tells.
    }
  }

  private static void check(Path folder) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
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
  }
}
