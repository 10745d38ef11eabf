// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.KeyRing;
import dev.lms.session.crypto.Hmac;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that somebody cuts short between two reads of it is an unreadable one. */
class ShrinkingFileTest {
  private static final Instant DEADLINE = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  @Test
  void aFileThatIsCutShortWhileItIsReadIsUnreadable() throws IOException {
    SlotFile slots =
        new SlotFile(
            KeyRing.of("a key of the tests, which guards nothing").keys("file").stream()
                .map(Hmac::new)
                .toList());
    Path path = folder.resolve("session");
    try (FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      slots.create(file, "handle", DEADLINE, new byte[9000], SlotFile.FIRST_VERSION);
      FileChannel shrinking = new Shrinking(file);
      assertEquals(Optional.empty(), slots.read(shrinking, "handle"));
      assertEquals(0, file.size());
    }
  }

  /** Is cut to nothing by whoever asks how long it is: that comes between two reads. */
  private static final class Shrinking extends FileChannel {
    private final FileChannel file;

    Shrinking(FileChannel file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      file.truncate(0);
      return file.size();
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      return file.read(to, position);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      return file.read(to);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
      return file.read(to, offset, length);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return file.write(from);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
      return file.write(from, offset, length);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      return file.write(from, position);
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      return file.position(position);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      return file.truncate(size);
    }

    @Override
    public void force(boolean all) throws IOException {
      file.force(all);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel to) throws IOException {
      return file.transferTo(position, count, to);
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long position, long count)
        throws IOException {
      return file.transferFrom(from, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
      return file.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
      return file.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }
}
