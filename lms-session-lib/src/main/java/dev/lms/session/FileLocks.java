package dev.lms.session;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Locks that hold between threads and between processes: a stripe inside the JVM around one byte of
 * a permanent lock file. The file is never the session's own, because closing any descriptor of a
 * file drops the process's POSIX locks on it. Waits are bounded: a stopped process may hold a lock
 * for ever.
 */
final class FileLocks implements AutoCloseable {
  private static final int STRIPES = 256;
  private static final int KINDS = 2;
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private static final String INTERRUPTED = "interrupted while waiting for a session's lock";

  private final FileChannel channel;
  private final ReentrantLock[] stripes =
      Stream.generate(ReentrantLock::new).limit(KINDS * STRIPES).toArray(ReentrantLock[]::new);
  private final Duration patience;

  FileLocks(Path file, Duration patience) throws IOException {
    this.channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), PrivateFolder.FILE);
    this.patience = patience;
  }

  /** Held until closed. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** The lock of a session. */
  Held acquire(String handle) {
    return acquire(stripe(handle));
  }

  /** The lock of a session, if it is free at once: for work that can wait for another time. */
  Optional<Held> tryAcquire(String handle) {
    return tryAcquire(stripe(handle));
  }

  /** The locks of two sessions, taken in an order that everybody keeps to. */
  Held acquire(String handle, String other) {
    int low = Math.min(stripe(handle), stripe(other));
    int high = Math.max(stripe(handle), stripe(other));
    if (low == high) {
      return acquire(low);
    }
    Held first = acquire(low);
    try {
      Held second = acquire(high);
      return () -> {
        try {
          second.close();
        } finally {
          first.close();
        }
      };
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
  }

  private static int stripe(String handle) {
    return Math.floorMod(handle.hashCode(), STRIPES);
  }

  /**
   * The lock of an index, 0 to 255. Stripes of their own, because a session's lock is taken while
   * an index's is held; never the other way round.
   */
  Held acquireIndex(int stripe) {
    return acquire(STRIPES + stripe);
  }

  /** The lock of an index, if it is free at once. */
  Optional<Held> tryAcquireIndex(int stripe) {
    return tryAcquire(STRIPES + stripe);
  }

  private Optional<Held> tryAcquire(int stripe) {
    ReentrantLock local = stripes[stripe];
    if (!local.tryLock()) {
      return Optional.empty();
    }
    FileLock between = null;
    try {
      between = tryLock(stripe);
    } finally {
      if (between == null) {
        local.unlock();
      }
    }
    return Optional.ofNullable(between).map(lock -> held(lock, local));
  }

  private Held acquire(int stripe) {
    long giveUp = System.nanoTime() + patience.toNanos();
    ReentrantLock local = stripes[stripe];
    lock(local, stripe);
    try {
      return held(poll(stripe, giveUp), local);
    } catch (RuntimeException | Error e) {
      local.unlock();
      throw e;
    }
  }

  private static Held held(FileLock between, ReentrantLock local) {
    return () -> {
      try {
        release(between);
      } finally {
        local.unlock();
      }
    };
  }

  private void lock(ReentrantLock local, int stripe) {
    try {
      if (!local.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw notToBeHad(stripe);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SessionStoreException.ofThisCall(INTERRUPTED, e);
    }
  }

  private FileLock poll(int stripe, long giveUp) {
    while (true) {
      FileLock lock = tryLock(stripe);
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - giveUp > 0) {
        throw notToBeHad(stripe);
      }
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        throw SessionStoreException.ofThisCall(INTERRUPTED, null);
      }
    }
  }

  private @Nullable FileLock tryLock(int stripe) {
    try {
      return channel.tryLock(stripe, 1, false);
    } catch (OverlappingFileLockException e) {
      // Another store on this folder in this very process holds it.
      return null;
    } catch (IOException e) {
      throw new SessionStoreException("cannot lock a session", e);
    }
  }

  private SessionStoreException notToBeHad(int stripe) {
    return new SessionStoreException(
        "session lock %d was held for more than %s by another request or process; is one stopped?"
            .formatted(stripe, patience));
  }

  private static void release(FileLock lock) {
    try {
      lock.release();
    } catch (IOException e) {
      throw new SessionStoreException("cannot unlock a session", e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
