package dev.lms.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a session file: a header and two slots, written in turn. A write overwrites the
 * older slot in place, so whatever interrupts it, the newer one is still whole; renaming a new file
 * over the old one would give the same at a hundred times the cost.
 *
 * <pre>
 * file:  magic "LMS" and version (4 bytes), slot size (4), slot, slot
 * slot:  sequence (8), deadline in ms (8), length (4), content, MAC (16)
 * </pre>
 *
 * <p>The MAC covers the session's handle and the slot, so a torn write, rot, tampering and a file
 * copied over another all look the same: that slot is not there.
 */
final class SlotFile {
  private static final int MAGIC = ('L' << 24) | ('M' << 16) | ('S' << 8) | 1;
  private static final int HEADER = 8;
  private static final int SLOT_HEADER = 20;
  private static final int SMALLEST_SLOT = 2048 - HEADER / 2;
  private static final int LARGEST_SLOT = 16 << 20;

  private final List<Hmac> keys;

  SlotFile(List<Hmac> keys) {
    this.keys = keys;
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

    boolean fits(int length) {
      return SLOT_HEADER + length + Hmac.TAG_BYTES <= size;
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

  /** The latest deadline a file claims, unchecked: good enough to sweep what is unreadable. */
  static Optional<Instant> claimedDeadline(FileChannel file) throws IOException {
    ByteBuffer all = readAll(file);
    int size = slotSize(all);
    Slot first = slot(all, 0, size);
    Slot second = slot(all, 1, size);
    if (first == null || (second != null && second.deadline().isAfter(first.deadline()))) {
      return Optional.ofNullable(second).map(Slot::deadline);
    }
    return Optional.of(first.deadline());
  }

  /** Writes the first slot of a new file. */
  void create(FileChannel file, String handle, Instant deadline, byte[] content)
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
    ByteBuffer out = ByteBuffer.allocate(HEADER + SLOT_HEADER + content.length + Hmac.TAG_BYTES);
    out.putInt(MAGIC).putInt(size);
    putSlot(out, handle, 1, deadline, content);
    writeAll(file, out.flip(), 0);
  }

  /** Overwrites the older slot; the caller has seen that the content {@link Slot#fits}. */
  void overwrite(FileChannel file, String handle, Slot newest, Instant deadline, byte[] content)
      throws IOException {
    ByteBuffer out = ByteBuffer.allocate(SLOT_HEADER + content.length + Hmac.TAG_BYTES);
    putSlot(out, handle, newest.sequence() + 1, deadline, content);
    long position = HEADER + (long) (1 - newest.index()) * newest.size();
    writeAll(file, out.flip(), position);
  }

  private void putSlot(
      ByteBuffer out, String handle, long sequence, Instant deadline, byte[] content) {
    int start = out.position();
    out.putLong(sequence).putLong(deadline.toEpochMilli()).putInt(content.length).put(content);
    ByteBuffer signed = out.slice(start, SLOT_HEADER + content.length);
    byte[] mac = sign(keys.get(0), handle, signed);
    out.put(mac, 0, Hmac.TAG_BYTES);
  }

  /** 0, too small for any slot, if this is not a session file. */
  private static int slotSize(ByteBuffer all) {
    if (all.limit() < HEADER || all.getInt(0) != MAGIC) {
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
    ByteBuffer signed = slot.file().slice(slot.start() - SLOT_HEADER, SLOT_HEADER + slot.length());
    byte[] mac = new byte[Hmac.TAG_BYTES];
    slot.file().get(slot.start() + slot.length(), mac);
    return keys.stream().anyMatch(key -> Hmac.matches(sign(key, handle, signed), mac));
  }

  private static byte[] sign(Hmac key, String handle, ByteBuffer signed) {
    Mac mac = key.start();
    mac.update(handle.getBytes(StandardCharsets.US_ASCII));
    mac.update(signed.duplicate());
    return mac.doFinal();
  }

  private static ByteBuffer readAll(FileChannel file) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) Math.min(file.size(), 2L * LARGEST_SLOT + HEADER));
    while (all.hasRemaining() && file.read(all, all.position()) >= 0) {
      // until full or at the end
    }
    return all.flip();
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes, long position)
      throws IOException {
    while (bytes.hasRemaining()) {
      position += file.write(bytes, position);
    }
  }
}
