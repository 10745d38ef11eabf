// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.local;

import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Remembers when tags were last purged, in a fixed array of counters: a purge writes its number to
 * the slots that its tags hash to. A read costs a few memory reads and never blocks. Two tags in
 * one slot only cause a needless miss. Thread-safe and, with {@link #shared}, safe for several
 * processes of one machine.
 *
 * <p>Whoever writes a store that keeps pages in the process can leave its purges to such counters.
 */
public final class PurgeCounters {
  private static final System.Logger LOG = System.getLogger(PurgeCounters.class.getName());
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** The epoch of all stamps: the numbers tell a file's lives apart. */
  static final String EPOCH = "";

  private static final int CLOCK_SLOT = 1;
  private static final int EVERYTHING_SLOT = 2;
  private static final int FIRST_TAG_SLOT = 3;

  /** There are two to the power of this many slots for tags; all who share a file must agree. */
  private static final int SHARED_BITS = 14;

  private static final int IN_PROCESS_BITS = 16;

  /**
   * A tag has so many slots, and was purged when all of them say so: another tag has all of them as
   * well far less often than one (Cormode and Muthukrishnan, "An improved data stream summary: the
   * count-min sketch").
   */
  private static final int SLOTS_OF_A_TAG = 2;

  /** How often a process looks whether the file is still where the others find it. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** How long after it has mapped the file a process purges nothing: until all have looked. */
  private static final long GRACE_NANOS = 2 * LOOK_NANOS;

  /** More than a file counts in its time. */
  private static final long LIFE = 1L << 40;

  private final @Nullable PurgeFile file;
  private final int bits;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile long lookAt;
  private volatile Life life;

  private PurgeCounters(@Nullable PurgeFile file, Life life, int bits) {
    this.file = file;
    this.life = life;
    this.bits = bits;
    this.lookAt = life.mappedAt + LOOK_NANOS;
  }

  /** The counters as they are until somebody takes the file away. */
  private static final class Life {
    /** Null if there are none: everything counts as purged. */
    private final @Nullable ByteBuffer memory;

    /** Which file they are. */
    private final Object key;

    /** What is stamped lower is from an earlier life. */
    private final long base;

    private final long mappedAt = System.nanoTime();

    Life(@Nullable ByteBuffer memory, Object key, long base) {
      this.memory = memory;
      this.key = key;
      this.base = base;
    }

    Life lost() {
      return new Life(null, "", base);
    }

    long purgesFrom() {
      return mappedAt + GRACE_NANOS;
    }
  }

  private static int bytes(int bits) {
    return (FIRST_TAG_SLOT + (1 << bits)) * Long.BYTES;
  }

  /** {@return counters in memory, for a single process} */
  public static PurgeCounters inProcess() {
    ByteBuffer memory =
        ByteBuffer.allocateDirect(bytes(IN_PROCESS_BITS)).order(ByteOrder.nativeOrder());
    return new PurgeCounters(null, new Life(memory, "", 0), IN_PROCESS_BITS);
  }

  /**
   * Opens counters that all processes share which open the same file. The file is created if it is
   * missing, readable by its owner only, and fully allocated, so that a full disk does no harm
   * later. It must be on a local disk.
   *
   * <p>If the file is removed, replaced or truncated under a running process, every process notices
   * within 50 ms and continues with another file; no page from before is used any more. A purge in
   * the first 100 ms after this call therefore waits until they are over. Truncation alone is not
   * harmless: within those 50 ms a lookup may read an undefined number or fail with the JVM's
   * {@code InternalError}, as with every mapped file.
   *
   * @param file the file, not a symbolic link
   * @return counters in a memory-mapped file
   * @throws IOException if the file cannot be created or mapped, or is something else
   */
  public static PurgeCounters shared(Path file) throws IOException {
    PurgeFile shared = new PurgeFile(file, bytes(SHARED_BITS));
    PurgeFile.Mapped mapped = shared.map();
    return new PurgeCounters(shared, new Life(mapped.memory(), mapped.key(), 0), SHARED_BITS);
  }

  /**
   * {@return the stamp for a render that starts now} It counts for these counters in this process
   * only, so it is nothing to keep in a store outside of it.
   */
  public Stamp stamp() {
    return new Stamp(EPOCH, clock());
  }

  /**
   * {@return whether one of these tags was purged after a stamp, or may have been}
   *
   * @param tags the tags of a page
   * @param since a {@link #stamp} of these counters
   */
  public boolean isPurged(Collection<String> tags, Stamp since) {
    return !since.epoch().equals(EPOCH) || purgedSince(since.clock(), slotsOf(tags));
  }

  /** The number of the newest purge that may have started. */
  long clock() {
    Life now = life;
    if (file != null && System.nanoTime() - lookAt > 0) {
      now = look(file, false);
    }
    return now.base + read(now, CLOCK_SLOT);
  }

  /** Whoever finds it due looks before it goes on, or waits for another who does. */
  private Life look(PurgeFile shared, boolean atOnce) {
    looking.lock();
    try {
      if (atOnce || System.nanoTime() - lookAt > 0) {
        life = renewed(shared, life);
        lookAt = System.nanoTime() + LOOK_NANOS;
      }
      return life;
    } finally {
      looking.unlock();
    }
  }

  /** The slots to watch for these tags, those of a tag in a row; the same in every process. */
  int[] slotsOf(Collection<String> tags) {
    int[] slots = new int[tags.size() * SLOTS_OF_A_TAG];
    int next = 0;
    for (String tag : tags) {
      // String.hashCode is part of Java's specification, so all processes agree.
      long hash = tag.hashCode() * 0x9e37_79b9_7f4a_7c15L;
      for (int i = 0; i < SLOTS_OF_A_TAG; i++) {
        slots[next++] =
            tag.equals(Tags.EVERYTHING)
                ? EVERYTHING_SLOT
                : FIRST_TAG_SLOT + (int) (hash >>> (Long.SIZE - bits));
        hash <<= bits;
      }
    }
    return slots;
  }

  private static Life renewed(PurgeFile shared, Life known) {
    try {
      if (known.memory != null && shared.leadsTo(known.key)) {
        return known;
      }
      PurgeFile.Mapped mapped = shared.map();
      LOG.log(Level.WARNING, "the file of purge counters was taken away: pages are forgotten");
      return new Life(mapped.memory(), mapped.key(), known.base + LIFE);
    } catch (IOException e) {
      LOG.log(
          known.memory == null ? Level.DEBUG : Level.WARNING,
          "no purge counters, so no page is kept: {0}",
          e.getMessage());
      return known.lost();
    }
  }

  /** Whether any tag with these slots was purged after the clock stood there. */
  boolean purgedSince(long clock, int[] slots) {
    Life now = life;
    if (now.memory == null || clock < now.base) {
      return true;
    }
    for (int first = 0; first < slots.length; first += SLOTS_OF_A_TAG) {
      if (areAllNewer(now, slots, first, clock)) {
        return true;
      }
    }
    return false;
  }

  private boolean areAllNewer(Life now, int[] slots, int first, long clock) {
    for (int i = first; i < first + SLOTS_OF_A_TAG; i++) {
      if (now.base + read(now, slots[i]) <= clock) {
        return false;
      }
    }
    return true;
  }

  /**
   * Purges. A stamp taken from now on is newer; one taken before is older.
   *
   * @param tags the tags
   * @throws PageStoreException if the shared file is gone and cannot be made again
   */
  public void purge(Collection<String> tags) {
    int[] slots = slotsOf(tags);
    if (file == null) {
      purge(life, slots);
      return;
    }
    Life now = look(file, true);
    boolean done = false;
    while (!done) {
      awaitThatAllHaveLooked(now);
      purge(now, slots);
      // In the file that others find?
      Life found = look(file, true);
      done = found == now;
      now = found;
    }
  }

  private static void awaitThatAllHaveLooked(Life now) {
    boolean interrupted = false;
    for (long left = now.purgesFrom() - System.nanoTime();
        now.memory != null && left > 0;
        left = now.purgesFrom() - System.nanoTime()) {
      LockSupport.parkNanos(left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void purge(Life now, int[] slots) {
    ByteBuffer memory = now.memory;
    if (memory == null) {
      throw gone(null);
    }
    try {
      long number = 1 + (long) LONGS.getAndAdd(memory, CLOCK_SLOT * Long.BYTES, 1L);
      for (int slot : slots) {
        raise(memory, slot, number);
      }
    } catch (InternalError e) {
      lose(now);
      throw gone(e);
    }
  }

  private PageStoreException gone(@Nullable Throwable cause) {
    return new PageStoreException(
        "cannot purge pages: their counters are gone (%s); see that its disk is there and not full"
            .formatted(file),
        cause != null ? cause : new IOException("no file of purge counters"));
  }

  /**
   * Records a purge that was numbered elsewhere, for example by a shared store whose pages have
   * copies here. Do not purge such counters directly.
   *
   * @param tag the purged tag
   * @param number the number of the purge; copies with an older stamp are no longer used
   */
  public void learn(String tag, long number) {
    raiseAll(slotsOf(List.of(tag)), number);
  }

  /**
   * Records that everything was purged elsewhere.
   *
   * @param number the number of the purge
   */
  public void learnEverything(long number) {
    raiseAll(new int[] {EVERYTHING_SLOT}, number);
  }

  private void raiseAll(int[] slots, long number) {
    ByteBuffer memory = life.memory;
    if (memory != null) {
      for (int slot : slots) {
        raise(memory, slot, number);
      }
    }
  }

  private static void raise(ByteBuffer memory, int slot, long number) {
    long seen = (long) LONGS.getVolatile(memory, slot * Long.BYTES);
    while (seen < number) {
      long was = (long) LONGS.compareAndExchange(memory, slot * Long.BYTES, seen, number);
      if (was == seen) {
        return;
      }
      seen = was;
    }
  }

  /** What cannot be read was purged at the end of all time. */
  private long read(Life now, int slot) {
    ByteBuffer memory = now.memory;
    if (memory == null) {
      return LIFE - 1;
    }
    try {
      return (long) LONGS.getVolatile(memory, slot * Long.BYTES);
    } catch (InternalError e) {
      // Somebody has cut the file short; the next look makes another one.
      lose(now);
      return LIFE - 1;
    }
  }

  private void lose(Life now) {
    looking.lock();
    try {
      if (life == now) {
        life = now.lost();
        lookAt = System.nanoTime();
      }
    } finally {
      looking.unlock();
    }
  }
}
