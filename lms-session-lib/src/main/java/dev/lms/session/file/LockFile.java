// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A lock file, open, that knows whether its path still leads to it. A lock on a file that somebody
 * has removed keeps nobody out who comes later and finds another one in its place.
 *
 * <p>Counts its users, because closing it drops every lock on it: once it is {@linkplain #leave
 * left} by its owner, the last user closes it.
 */
final class LockFile {
  /**
   * How long nobody gets a lock of a file that was made again, so that those who still hold one of
   * the file before have time to finish.
   */
  private static final Duration GRACE = Duration.ofMillis(500);

  private final Path path;
  private final FileChannel channel;
  private final Object key;
  private final AtomicInteger users = new AtomicInteger(1);

  private LockFile(Path path, FileChannel channel, Object key) {
    this.path = path;
    this.channel = channel;
    this.key = key;
  }

  /**
   * The file at this path, which is made if it is missing.
   *
   * @param locks how many bytes of it are locks
   * @param inUse whether others may still hold locks of a file that is missing
   */
  static LockFile open(Path path, int locks, boolean inUse) throws IOException {
    while (true) {
      try {
        Object before = key(path);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        if (before.equals(key(path))) {
          return new LockFile(path, channel, before);
        }
        channel.close();
      } catch (NoSuchFileException e) {
        if (!inUse) {
          create(path);
        } else {
          @Nullable LockFile made = createAnew(path, locks);
          if (made != null) {
            return made;
          }
        }
      }
    }
  }

  private static void create(Path path) throws IOException {
    try {
      Files.createFile(path, PrivateFolder.FILE);
    } catch (FileAlreadyExistsException e) {
      // Another process was quicker.
    }
  }

  /** All locks of it are held before anybody else can see it; null if another one was quicker. */
  private static @Nullable LockFile createAnew(Path path, int locks) throws IOException {
    Path draft = path.resolveSibling(path.getFileName() + "." + UUID.randomUUID() + ".new");
    FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFolder.FILE);
    boolean made = false;
    try {
      Object key = key(draft);
      try (@Nullable FileLock all = channel.tryLock(0, locks, false)) {
        Files.createLink(path, draft);
        Files.delete(draft);
        pause();
      }
      made = true;
      return new LockFile(path, channel, key);
    } catch (FileAlreadyExistsException e) {
      return null;
    } finally {
      Files.deleteIfExists(draft);
      if (!made) {
        channel.close();
      }
    }
  }

  /** Whoever is interrupted meanwhile still is afterwards. */
  private static void pause() {
    boolean interrupted = false;
    long end = System.nanoTime() + GRACE.toNanos();
    for (long left = GRACE.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Object key(Path path) throws IOException {
    return Objects.requireNonNull(PrivateFolder.attributes(path).fileKey(), "no file keys here");
  }

  /** Whether the path leads to this file. One look at the disk. */
  boolean isInPlace() {
    try {
      return key.equals(key(path));
    } catch (IOException e) {
      // Whoever makes it again meets the reason.
      return false;
    }
  }

  /** Whether it may be used; if so, it stays open until the user {@linkplain #leave leaves}. */
  boolean enter() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  void leave() throws IOException {
    if (users.decrementAndGet() == 0) {
      channel.close();
    }
  }

  /** Null if somebody else holds it. */
  @Nullable FileLock tryLock(int position) throws IOException {
    try {
      return channel.tryLock(position, 1, false);
    } catch (OverlappingFileLockException e) {
      // Another store on this folder in this very process holds it.
      return null;
    }
  }

  /**
   * Looks new, to whoever removes files by the time of their last change. By the path, and not as
   * {@code java.nio.file} does it: that opens the file, and closing it would drop every lock.
   */
  void touch(Instant now) throws IOException {
    if (!path.toFile().setLastModified(now.toEpochMilli())) {
      throw new IOException("cannot set the time of " + path);
    }
  }
}
