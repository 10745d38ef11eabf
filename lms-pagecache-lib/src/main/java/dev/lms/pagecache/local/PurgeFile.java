// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.local;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The file of shared {@link PurgeCounters}. It is written out before anybody maps it: on a full
 * disk a page of a mapped file that has no place there yet is an {@code InternalError} in whoever
 * touches it. It appears whole, or not at all.
 */
final class PurgeFile {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long MAGIC = 0x6c6d_7370_7572_6731L; // "lmspurg1"
  private static final int PAGE = 4096;

  private final Path path;
  private final int size;

  PurgeFile(Path path, int size) {
    this.path = path.toAbsolutePath();
    this.size = size;
  }

  /** The file's content, and which file it is. */
  record Mapped(ByteBuffer memory, Object key) {}

  /** Maps it; makes it if it is missing, and another one if somebody has cut it short. */
  Mapped map() throws IOException {
    try {
      while (true) {
        Optional<BasicFileAttributes> found = attributes();
        if (found.isEmpty()) {
          create();
        } else {
          Optional<Mapped> mapped = map(found.get());
          if (mapped.isPresent()) {
            return mapped.get();
          }
        }
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          "The folder " + path.getParent() + " for the purge counters is missing", e);
    }
  }

  /** Empty if it was replaced meanwhile. */
  private Optional<Mapped> map(BasicFileAttributes found) throws IOException {
    Set<OpenOption> options =
        Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try (FileChannel channel = FileChannel.open(path, options)) {
      if (channel.size() > size || !beginsLikeOurs(channel)) {
        throw new IOException(path + " is not a file of purge counters; move it away");
      }
      if (channel.size() < size) {
        replace();
        return Optional.empty();
      }
      ByteBuffer memory =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, size).order(ByteOrder.nativeOrder());
      takePlace(memory);
      Object key = String.valueOf(found.fileKey());
      return leadsTo(key) ? Optional.of(new Mapped(memory, key)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static boolean beginsLikeOurs(FileChannel channel) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    channel.read(start, 0);
    long magic = start.getLong(0);
    return magic == MAGIC || magic == 0;
  }

  /** One that an earlier version made may have holes, and no beginning yet. */
  private void takePlace(ByteBuffer memory) throws IOException {
    try {
      LONGS.compareAndSet(memory, 0, 0L, MAGIC);
      for (int at = 0; at < size; at += PAGE) {
        LONGS.compareAndSet(memory, at, 0L, 0L);
      }
    } catch (InternalError e) {
      throw new IOException("There is no place for " + path + "; is its disk full?", e);
    }
  }

  private void create() throws IOException {
    Path draft = draft();
    try {
      Files.createLink(path, draft);
    } catch (FileAlreadyExistsException e) {
      // Another process was quicker.
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** In its place, and not in it: who has mapped the short one must see that it is another. */
  private void replace() throws IOException {
    Path draft = draft();
    try {
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private Path draft() throws IOException {
    Path draft = path.resolveSibling(path.getFileName() + "." + UUID.randomUUID() + ".new");
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(draft, options, ownerOnly())) {
      ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder()).putLong(0, MAGIC);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return draft;
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Whether the path leads to this file, and all of it is there. */
  boolean leadsTo(Object key) throws IOException {
    return attributes()
        .filter(found -> found.size() == size && key.equals(String.valueOf(found.fileKey())))
        .isPresent();
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private Optional<BasicFileAttributes> attributes() throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
