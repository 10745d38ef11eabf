package dev.lms.pagecache;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.Set;

/**
 * Remembers when tags were last purged, in a fixed array of counters: the purge's number is written
 * to the slots its tags hash to. Reading costs a few memory reads and never blocks. Two tags in one
 * slot only cause a needless miss. Safe for use by several threads and, with {@link #shared}, by
 * several processes on one machine.
 */
public final class PurgeCounters {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long MAGIC = 0x6c6d_7370_7572_6731L; // "lmspurg1"
  private static final int MAGIC_SLOT = 0;
  private static final int CLOCK_SLOT = 1;
  private static final int EVERYTHING_SLOT = 2;
  private static final int FIRST_TAG_SLOT = 3;

  /** There are two to the power of this many slots for tags; all who share a file must agree. */
  private static final int SHARED_BITS = 12;

  private static final int IN_PROCESS_BITS = 16;

  private final ByteBuffer memory;
  private final int bits;

  private PurgeCounters(ByteBuffer memory, int bits) {
    this.memory = memory;
    this.bits = bits;
  }

  private static int bytes(int bits) {
    return (FIRST_TAG_SLOT + (1 << bits)) * Long.BYTES;
  }

  /**
   * Counters for a single process.
   *
   * @return counters in memory
   */
  public static PurgeCounters inProcess() {
    return new PurgeCounters(
        ByteBuffer.allocateDirect(bytes(IN_PROCESS_BITS)).order(ByteOrder.nativeOrder()),
        IN_PROCESS_BITS);
  }

  /**
   * Counters that all processes share which open the same file. The file is created if need be,
   * readable by its owner only; a file of zeros is a valid beginning, so that processes that start
   * at the same time need not wait for one another. It must be on a local disk and must not be
   * deleted while a process uses it.
   *
   * @param file the file, not a symbolic link
   * @return counters in a memory-mapped file
   * @throws IOException if the file cannot be created, mapped, or is something else
   */
  public static PurgeCounters shared(Path file) throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try (FileChannel channel = FileChannel.open(file, options, ownerOnly())) {
      if (channel.size() > bytes(SHARED_BITS)) {
        throw notOurs(file);
      }
      ByteBuffer memory =
          channel
              .map(FileChannel.MapMode.READ_WRITE, 0, bytes(SHARED_BITS))
              .order(ByteOrder.nativeOrder());
      long was = (long) LONGS.compareAndExchange(memory, MAGIC_SLOT * Long.BYTES, 0L, MAGIC);
      if (was != 0 && was != MAGIC) {
        throw notOurs(file);
      }
      return new PurgeCounters(memory, SHARED_BITS);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "The folder " + file.toAbsolutePath().getParent() + " for the purge counters is missing",
          e);
    }
  }

  private static IOException notOurs(Path file) {
    return new IOException(file + " is not a file of purge counters; move it away");
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** The number of the newest purge that may have started. */
  long clock() {
    return read(CLOCK_SLOT);
  }

  /** The slots to watch for these tags; the same in every process. */
  int[] slotsOf(Collection<String> tags) {
    return tags.stream().mapToInt(this::slotOf).distinct().toArray();
  }

  private int slotOf(String tag) {
    if (tag.equals(Tags.EVERYTHING)) {
      return EVERYTHING_SLOT;
    }
    // String.hashCode is part of Java's specification, so all processes agree.
    int hash = tag.hashCode() * 0x9e37_79b9;
    return FIRST_TAG_SLOT + (hash >>> (Integer.SIZE - bits));
  }

  /** Whether any of these slots was purged after the clock stood there. */
  boolean purgedSince(long clock, int[] slots) {
    for (int slot : slots) {
      if (read(slot) > clock) {
        return true;
      }
    }
    return false;
  }

  /** Purges. A stamp taken from now on is newer; one taken before is older. */
  void purge(Collection<String> tags) {
    long number = 1 + (long) LONGS.getAndAdd(memory, CLOCK_SLOT * Long.BYTES, 1L);
    for (int slot : slotsOf(tags)) {
      raise(slot, number);
    }
  }

  /**
   * Learns of a purge that was numbered elsewhere, as by a shared store whose pages have copies
   * here. Counters that learn are not to be purged directly.
   *
   * @param tag the tag
   * @param number the number of the purge; copies with an older stamp are no longer used
   */
  public void learn(String tag, long number) {
    raise(slotOf(tag), number);
  }

  /**
   * Learns that everything was purged elsewhere.
   *
   * @param number the number of the purge
   */
  public void learnEverything(long number) {
    raise(EVERYTHING_SLOT, number);
  }

  private void raise(int slot, long number) {
    long seen = read(slot);
    while (seen < number) {
      long was = (long) LONGS.compareAndExchange(memory, slot * Long.BYTES, seen, number);
      if (was == seen) {
        return;
      }
      seen = was;
    }
  }

  private long read(int slot) {
    return (long) LONGS.getVolatile(memory, slot * Long.BYTES);
  }
}
