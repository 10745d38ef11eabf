package dev.lms.session;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Removes what has ended from the session folder, when the number of sessions passes a threshold
 * and once an hour while sessions begin. A live session is never dropped.
 */
final class FileSweep {
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
    boolean due = count.get() >= Math.max(threshold, sweepAtCount) || !now.isBefore(sweepAt);
    if (due && sweeping.tryLock()) {
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
    files.forEach(
        name -> {
          boolean swept = files.hasEnded(name, now) && sweep(name, now);
          live[0] += swept || FileIndex.isIndex(SlotFolder.lockName(name)) ? 0 : 1;
        });
    return live[0];
  }

  private boolean sweep(String name, Instant now) throws IOException {
    String locked = SlotFolder.lockName(name);
    try (FileLocks.Held held =
        FileIndex.isIndex(locked) ? index.lockFile(locked) : locks.acquire(locked)) {
      // Under the lock nobody is just writing it.
      return files.hasEnded(name, now) && files.delete(name);
    }
  }
}
