// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionStoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
 *
 * <p>A lock counts only if the file is still where others look for it. If somebody took it away, it
 * is made again, and so is the folder it was in.
 */
final class FileLocks implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());
  private static final int STRIPES = 256;
  private static final int KINDS = 2;
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private static final String INTERRUPTED = "interrupted while waiting for a session's lock";

  private final KeptFolder folder;
  private final Path path;
  private final ReentrantLock[] stripes =
      Stream.generate(ReentrantLock::new).limit(KINDS * STRIPES).toArray(ReentrantLock[]::new);
  private final Duration patience;
  private final ReentrantLock renewing = new ReentrantLock();
  private volatile LockFile file;

  /** The locks of a folder, in a file in it. */
  FileLocks(KeptFolder folder, Duration patience) throws IOException {
    this.folder = folder;
    this.path = folder.lock();
    this.patience = patience;
    this.file = LockFile.open(path, KINDS * STRIPES, folder.isInUse());
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
    Between between = null;
    try {
      between = tryLock(file, stripe);
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

  private static Held held(Between between, ReentrantLock local) {
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

  private Between poll(int stripe, long giveUp) {
    while (true) {
      LockFile tried = file;
      Between lock = tryLock(tried, stripe);
      if (lock != null) {
        return lock;
      }
      if (!tried.isInPlace()) {
        renew(tried);
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

  /** A lock between processes, and the file that it is in. */
  private record Between(LockFile file, FileLock lock) {}

  /** Null if it is not free, or no longer in the file that others lock. */
  private static @Nullable Between tryLock(LockFile file, int stripe) {
    if (!file.enter()) {
      return null;
    }
    boolean locked = false;
    try {
      FileLock lock = file.tryLock(stripe);
      if (lock == null) {
        return null;
      }
      // Looked at with the lock held: nobody can hold the same one in another file for longer.
      locked = file.isInPlace();
      if (!locked) {
        lock.release();
      }
      return locked ? new Between(file, lock) : null;
    } catch (IOException e) {
      throw new SessionStoreException("cannot lock a session", e);
    } finally {
      if (!locked) {
        leave(file);
      }
    }
  }

  /**
   * Sees that the folder is where it was, and makes it again if it is gone.
   *
   * @return whether it was there
   * @throws SessionStoreException if it is gone and cannot be made again
   */
  boolean verify() {
    LockFile known = file;
    if (known.isInPlace()) {
      return true;
    }
    renew(known);
    return false;
  }

  private void renew(LockFile old) {
    lock(renewing, 0);
    try {
      if (file == old) {
        folder.renew();
        file = LockFile.open(path, KINDS * STRIPES, true);
        LOG.log(Level.WARNING, "the lock file {0} was gone; another one is used now", path);
        old.leave();
      }
    } catch (IOException e) {
      throw PrivateFolder.trouble("lock a session in", folder.path(), e);
    } finally {
      renewing.unlock();
    }
  }

  /** Keeps the lock file from those who remove files by their age. */
  void touch(Instant now) throws IOException {
    file.touch(now);
  }

  private SessionStoreException notToBeHad(int stripe) {
    return new SessionStoreException(
        "session lock %d was held for more than %s by another request or process; is one stopped?"
            .formatted(stripe, patience));
  }

  private static void release(Between between) {
    try {
      between.lock().release();
    } catch (IOException e) {
      throw new SessionStoreException("cannot unlock a session", e);
    } finally {
      leave(between.file());
    }
  }

  private static void leave(LockFile file) {
    try {
      file.leave();
    } catch (IOException e) {
      throw new SessionStoreException("cannot close the session locks", e);
    }
  }

  @Override
  public void close() throws IOException {
    file.leave();
  }
}
