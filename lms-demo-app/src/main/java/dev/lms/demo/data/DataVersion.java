// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import java.util.Set;

/**
 * Counts the changes to a SQLite file by all processes that run this program, in a number that all
 * of them have mapped: a look takes nanoseconds, where SQLite's own {@code PRAGMA data_version}
 * takes locks. Thread-safe.
 *
 * <p>Whoever has changed something counts it before saying so. So if the number is now what it was
 * at an earlier look, no change that was reported in between is missing from what was read between
 * the two.
 */
final class DataVersion implements Version {
  private static final VarHandle NUMBER =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** What stands behind the number. */
  private static final byte[] MARK = {'l', 'm', 's', ' ', 'd', 'a', 't', 'a'};

  private final ByteBuffer memory;

  /**
   * Opens the number, and makes it if it is missing; several processes may do so at once.
   *
   * @param file on a local disk
   * @param rights of a new file
   */
  DataVersion(Path file, FileAttribute<?>... rights) throws IOException {
    int size = Long.BYTES + MARK.length;
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            rights)) {
      if (channel.size() < size) {
        // So that it has its place on the disk. All write the same, and not over the number.
        channel.write(ByteBuffer.wrap(MARK), Long.BYTES);
      }
      memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, size).order(ByteOrder.nativeOrder());
    }
  }

  @Override
  public Optional<String> now() {
    try {
      return Optional.of(Long.toString((long) NUMBER.getVolatile(memory, 0)));
    } catch (InternalError e) {
      // Somebody has cut the file short.
      return Optional.empty();
    }
  }

  @Override
  public void changed() {
    try {
      long _ = (long) NUMBER.getAndAdd(memory, 0, 1L);
    } catch (InternalError e) {
      // Then nobody can read it either.
    }
  }

  /** The memory goes with the process. */
  @Override
  public void close() {}
}
