package dev.lms.session;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Removes what has ended from the session folder, when the number of sessions passes a threshold
 * and once an hour while sessions begin. A live session is never dropped.
 */
final class FileSweep {
  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());
  private static final Duration INTERVAL = Duration.ofHours(1);

  private final SlotFolder files;
  private final FileLocks locks;
  private final FileIndex index;
  private final int threshold;

  private final ReentrantLock sweeping = new ReentrantLock();
  private final AtomicLong count = new AtomicLong(-1);
  private volatile long sweepAtCount;
  private volatile Instant sweepAt = Instant.MIN;

  FileSweep(SlotFolder files, FileLocks locks, FileIndex index, int threshold) {
    this.files = files;
    this.locks = locks;
    this.index = index;
    this.threshold = threshold;
  }

  void began() {
    count.incrementAndGet();
  }

  void ended() {
    count.decrementAndGet();
  }

  /** One request sweeps; the others go on. */
  void ifDue(Instant now) throws IOException {
    boolean full = count.get() >= Math.max(threshold, sweepAtCount);
    // Or due further ahead than it was ever planned: then the clock was set back.
    boolean due = !now.isBefore(sweepAt) || sweepAt.isAfter(now.plus(INTERVAL));
    if ((full || due) && sweeping.tryLock()) {
      try {
        long live = sweep(now);
        count.set(live);
        // With more live sessions than the threshold, sweeping at each new one would find nothing.
        sweepAtCount = live + Math.max(1, live / 10);
        sweepAt = now.plus(INTERVAL);
      } finally {
        sweeping.unlock();
      }
    }
  }

  private long sweep(Instant now) throws IOException {
    long[] live = new long[1];
    files.sweepQuarantine(now);
    files.forEach(
        name -> {
          boolean swept = trySweep(name, now);
          live[0] += swept || FileIndex.isIndex(SlotFolder.lockName(name)) ? 0 : 1;
        });
    return live[0];
  }

  /**
   * One file on a bad sector must not keep the others from being swept, or sessions from beginning.
   */
  private boolean trySweep(String name, Instant now) throws IOException {
    try {
      return sweep(name, now);
    } catch (ClosedByInterruptException e) {
      // None of the others could be read either; the next request sweeps.
      throw e;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot sweep " + name, e);
      return false;
    }
  }

  private boolean sweep(String name, Instant now) throws IOException {
    if (files.read(name).filter(slot -> slot.deadline().isAfter(now)).isPresent()) {
      return false;
    }
    String locked = SlotFolder.lockName(name);
    Optional<FileLocks.Held> free =
        FileIndex.isIndex(locked) ? index.tryLockFile(locked) : locks.tryAcquire(locked);
    if (free.isEmpty()) {
      // Somebody is writing it, or was stopped while writing: there is another time.
      return false;
    }
    try (FileLocks.Held held = free.get()) {
      // Under the lock nobody is just writing it.
      return files.sweep(name, now);
    }
  }
}
