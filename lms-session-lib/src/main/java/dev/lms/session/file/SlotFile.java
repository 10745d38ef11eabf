// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.crypto.Hmac;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a session file: a header and two slots, written in turn. A write overwrites the
 * older slot in place, so whatever interrupts it, the newer one is still whole; renaming a new file
 * over the old one would give the same at a hundred times the cost.
 *
 * <pre>
 * file:    header, slot, slot; from the beginning as long as both, so that a change needs no space
 * header:  magic "LMS" (3 bytes), schema version (1), slot size (4)
 * slot:    sequence (8), deadline in ms (8), length (4), key id (4), content, MAC (16)
 * </pre>
 *
 * <p>The MAC (HMAC-SHA256, its first half) covers the session's handle, the header and the slot, so
 * a torn write, rot, tampering and a file copied over another all look the same: that slot is not
 * there. The key id tells a slot that is damaged from one that was signed with a key this process
 * does not have.
 */
final class SlotFile {
  /** Of the schema. A program that changes the layout, or what is in it, raises it. */
  static final int VERSION = 2;

  /** What every program can read. */
  static final int FIRST_VERSION = 1;

  private static final int MAGIC = ('L' << 24) | ('M' << 16) | ('S' << 8);
  private static final int HEADER = 8;
  private static final int SLOT_HEADER = 24;
  private static final int SMALLEST_FILE = 4096;
  private static final int SMALLEST_SLOT = (SMALLEST_FILE - HEADER) / 2;
  private static final int LARGEST_SLOT = 16 << 20;

  private final List<Key> keys;

  SlotFile(List<Hmac> keys) {
    this.keys = keys.stream().map(Key::new).toList();
  }

  /** A key and the name it goes by in files, from which nobody can tell the key. */
  private record Key(Hmac hmac, int id) {
    Key(Hmac hmac) {
      this(hmac, ByteBuffer.wrap(hmac.sign("id".getBytes(StandardCharsets.US_ASCII))).getInt());
    }
  }

  /** Why there is no whole slot in a file. */
  enum Unreadable {
    /** Nothing was ever written: its process died first. */
    EMPTY,
    /** Of a newer schema version: a newer program may read it. */
    NEWER,
    /** Signed with a key that is not ours: who has it may read it. */
    OTHER_KEY,
    /** Nobody can read it. */
    DAMAGED
  }

  /** The newest whole slot of a file: what is in it, and where the next one goes. */
  record Slot(
      int index,
      int size,
      long sequence,
      Instant deadline,
      ByteBuffer file,
      int start,
      int length) {
    ByteBuffer content() {
      return file.slice(start, length);
    }

    /** A copy of the content. */
    byte[] bytes() {
      byte[] bytes = new byte[length];
      file.get(start, bytes);
      return bytes;
    }

    boolean fits(int length) {
      return SLOT_HEADER + length + Hmac.TAG_BYTES <= size;
    }

    /** Of the schema that its file has. */
    int version() {
      return file.getInt(0) & 0xff;
    }

    private int keyId() {
      return file.getInt(start - 4);
    }
  }

  /** Empty if the file holds no whole slot. */
  Optional<Slot> read(FileChannel file, String handle) throws IOException {
    ByteBuffer all = readAll(file);
    int size = slotSize(all);
    Slot first = slot(all, 0, size);
    Slot second = slot(all, 1, size);
    boolean secondIsNewer =
        first == null || (second != null && second.sequence() > first.sequence());
    Slot newer = secondIsNewer ? second : first;
    Slot older = secondIsNewer ? first : second;
    if (newer != null && isWhole(newer, handle)) {
      return Optional.of(newer);
    }
    return older != null && isWhole(older, handle) ? Optional.of(older) : Optional.empty();
  }

  /** Why {@link #read} found nothing, while nobody writes the file. */
  Unreadable diagnose(FileChannel file) throws IOException {
    ByteBuffer all = readAll(file);
    if (all.limit() == 0) {
      return Unreadable.EMPTY;
    }
    if (all.limit() >= HEADER
        && (all.getInt(0) & 0xffffff00) == MAGIC
        && (all.getInt(0) & 0xff) > VERSION) {
      return Unreadable.NEWER;
    }
    boolean otherKey = claimed(all).anyMatch(slot -> keyOf(slot).isEmpty());
    return otherKey ? Unreadable.OTHER_KEY : Unreadable.DAMAGED;
  }

  /** The latest deadline a file claims, unchecked: good enough for what nobody can read. */
  static Optional<Instant> claimedDeadline(FileChannel file) throws IOException {
    return claimed(readAll(file)).map(Slot::deadline).max(Instant::compareTo);
  }

  private static Stream<Slot> claimed(ByteBuffer all) {
    int size = slotSize(all);
    return Stream.of(0, 1).flatMap(index -> Stream.ofNullable(slot(all, index, size)));
  }

  /** Writes the first slot of a new file. */
  void create(FileChannel file, String handle, Instant deadline, byte[] content, int version)
      throws IOException {
    int size = SMALLEST_SLOT;
    while (size < SLOT_HEADER + content.length + Hmac.TAG_BYTES) {
      size *= 2;
    }
    if (size > LARGEST_SLOT) {
      throw new IllegalStateException(
          "a session of %d bytes is too large; keep the data elsewhere and its key in the session"
              .formatted(content.length));
    }
    ByteBuffer out = ByteBuffer.allocate(HEADER + 2 * size);
    put(out, version, size, handle, 1, deadline, content);
    writeAll(file, out.clear(), 0);
  }

  /** Overwrites the older slot; the caller has seen that the content {@link Slot#fits}. */
  void overwrite(FileChannel file, String handle, Slot newest, Instant deadline, byte[] content)
      throws IOException {
    ByteBuffer out = ByteBuffer.allocate(HEADER + SLOT_HEADER + content.length + Hmac.TAG_BYTES);
    long sequence = newest.sequence() + 1;
    put(out, newest.version(), newest.size(), handle, sequence, deadline, content);
    long position = HEADER + (long) (1 - newest.index()) * newest.size();
    writeAll(file, out.position(HEADER), position);
  }

  private void put(
      ByteBuffer out,
      int version,
      int size,
      String handle,
      long sequence,
      Instant deadline,
      byte[] content) {
    Key key = keys.get(0);
    out.putInt(MAGIC | version).putInt(size);
    out.putLong(sequence).putLong(deadline.toEpochMilli());
    out.putInt(content.length).putInt(key.id()).put(content);
    out.put(sign(key, handle, out, HEADER, SLOT_HEADER + content.length), 0, Hmac.TAG_BYTES);
  }

  /** 0, too small for any slot, if this is not a session file of a known version. */
  private static int slotSize(ByteBuffer all) {
    if (all.limit() < HEADER || (all.getInt(0) & 0xffffff00) != MAGIC) {
      return 0;
    }
    int version = all.getInt(0) & 0xff;
    if (version < FIRST_VERSION || version > VERSION) {
      return 0;
    }
    int size = all.getInt(4);
    return size <= LARGEST_SLOT ? size : 0;
  }

  private static @Nullable Slot slot(ByteBuffer all, int index, int size) {
    if (size < SLOT_HEADER + Hmac.TAG_BYTES) {
      return null;
    }
    int start = HEADER + index * size;
    if (all.limit() < start + SLOT_HEADER) {
      return null;
    }
    long sequence = all.getLong(start);
    long deadline = all.getLong(start + 8);
    int length = all.getInt(start + 16);
    if (sequence <= 0
        || length < 0
        || length > size - SLOT_HEADER - Hmac.TAG_BYTES
        || all.limit() < start + SLOT_HEADER + length + Hmac.TAG_BYTES) {
      return null;
    }
    return new Slot(
        index, size, sequence, Instant.ofEpochMilli(deadline), all, start + SLOT_HEADER, length);
  }

  private boolean isWhole(Slot slot, String handle) {
    Optional<Key> key = keyOf(slot);
    if (key.isEmpty()) {
      return false;
    }
    byte[] mac = new byte[Hmac.TAG_BYTES];
    slot.file().get(slot.start() + slot.length(), mac);
    int start = slot.start() - SLOT_HEADER;
    return Hmac.matches(
        sign(key.get(), handle, slot.file(), start, SLOT_HEADER + slot.length()), mac);
  }

  private Optional<Key> keyOf(Slot slot) {
    return keys.stream().filter(key -> key.id() == slot.keyId()).findFirst();
  }

  /** Of the handle, the header at the beginning of these bytes, and the slot that starts there. */
  private static byte[] sign(Key key, String handle, ByteBuffer bytes, int start, int length) {
    Mac mac = key.hmac().start();
    mac.update(handle.getBytes(StandardCharsets.US_ASCII));
    mac.update(bytes.slice(0, HEADER));
    mac.update(bytes.slice(start, length));
    return mac.doFinal();
  }

  /** One read for a small file, two for a large one. */
  private static ByteBuffer readAll(FileChannel file) throws IOException {
    ByteBuffer start = fill(file, ByteBuffer.allocate(SMALLEST_FILE));
    int size = slotSize(start);
    if (size <= SMALLEST_SLOT) {
      return start;
    }
    int whole = (int) Math.min(file.size(), HEADER + 2L * size);
    if (whole <= start.limit()) {
      return start; // Cut short, perhaps since it was begun to be read: its slots are not whole.
    }
    return fill(file, ByteBuffer.allocate(whole).put(start));
  }

  /** Until it is full or the file ends. */
  private static ByteBuffer fill(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
      // on
    }
    return bytes.flip();
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes, long position)
      throws IOException {
    while (bytes.hasRemaining()) {
      position += file.write(bytes, position);
    }
  }
}
