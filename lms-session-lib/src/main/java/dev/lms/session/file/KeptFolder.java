// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionStoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The {@linkplain PrivateFolder private folder} of a running store, which a person, a temp cleaner
 * or an unmounted disk may take away.
 *
 * <p>Removed, it is made again with the checks of the first time: nothing is left that could be
 * kept safe. Where a disk seems to be missing, the store fails instead: what was ended in another
 * folder meanwhile would come back with that disk.
 */
final class KeptFolder {
  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());

  private final Path folder;
  private final Path parent;
  private final Object parentKey;
  private volatile Object device;

  private KeptFolder(Path folder) throws IOException {
    this.folder = folder;
    Path above = folder.toAbsolutePath().getParent();
    this.parent = above == null ? folder : above;
    this.parentKey = key(parent);
    this.device = device(folder);
  }

  /** Opens a folder, which is made if it is missing. */
  static KeptFolder open(Path folder) {
    PrivateFolder.open(folder);
    try {
      return new KeptFolder(folder);
    } catch (IOException e) {
      throw PrivateFolder.trouble("use", folder, e);
    }
  }

  Path path() {
    return folder;
  }

  /** The lock file. */
  Path lock() {
    return folder.resolve("lock");
  }

  /** Whether there is something in it that others may be working on. */
  boolean isInUse() throws IOException {
    return !SlotFolder.shards(folder).isEmpty();
  }

  /**
   * Looks at what is there after the lock file was found missing.
   *
   * @throws SessionStoreException if the store cannot go on with it
   */
  void renew() throws IOException {
    if (!PrivateFolder.exists(folder)) {
      if (!PrivateFolder.exists(parent) || !key(parent).equals(parentKey)) {
        throw gone("and so is the folder it was in; is its disk mounted?");
      }
      LOG.log(Level.WARNING, "{0} is gone and made again: everybody is signed out", folder);
    } else if (!device(folder).equals(device) && !PrivateFolder.exists(lock())) {
      throw gone("and another one without sessions is in its place; is its disk mounted?");
    }
    try {
      PrivateFolder.open(folder);
    } catch (IllegalArgumentException e) {
      throw gone("and what is in its place is refused: " + e.getMessage());
    }
    device = device(folder);
  }

  private SessionStoreException gone(String more) {
    return new SessionStoreException("the session folder %s is gone, %s".formatted(folder, more));
  }

  private static Object key(Path path) throws IOException {
    return String.valueOf(PrivateFolder.attributes(path).fileKey());
  }

  private static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev");
  }
}
