// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionStoreException;
import dev.lms.session.housekeeping.Housekeeping;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes what has ended from the session folder, when the number of sessions passes a threshold
 * and once an hour while sessions begin. A live session is never dropped. Off the path of whoever
 * notices that it is due, one sub-folder at a time.
 */
final class FileSweep implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());
  private static final Duration INTERVAL = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  private final SlotFolder files;
  private final FileLocks locks;
  private final FileIndex index;
  private final int threshold;
  private final Housekeeping housekeeping;
  private final UnreadableSessions unreadable;

  private final AtomicLong count = new AtomicLong(-1);
  private volatile long sweepAtCount;
  private volatile Instant sweepAt = Instant.MIN;

  FileSweep(
      SlotFolder files,
      FileLocks locks,
      FileIndex index,
      int threshold,
      Housekeeping housekeeping,
      UnreadableSessions unreadable) {
    this.files = files;
    this.locks = locks;
    this.index = index;
    this.threshold = threshold;
    this.housekeeping = housekeeping;
    this.unreadable = unreadable;
  }

  void began() {
    count.incrementAndGet();
  }

  void ended() {
    count.decrementAndGet();
  }

  /** Sees to it that a sweep begins, if one is due; does none itself. */
  void ifDue(Instant now) {
    boolean full = count.get() >= Math.max(threshold, sweepAtCount);
    // Or due further ahead than it was ever planned: then the clock was set back.
    boolean due = !now.isBefore(sweepAt) || sweepAt.isAfter(now.plus(INTERVAL));
    if (full || due) {
      housekeeping.begin(new Pass(now));
    }
  }

  /** Once through all sub-folders. */
  private final class Pass implements Housekeeping.Job {
    private final Instant now;
    private Iterator<Path> shards = Collections.emptyIterator();
    private boolean begun;
    private long live;

    Pass(Instant now) {
      this.now = now;
    }

    @Override
    public boolean step() throws IOException {
      if (!begun) {
        begun = true;
        locks.touch(now);
        files.sweepQuarantine(now);
        shards = files.shards().iterator();
      } else if (shards.hasNext()) {
        files.forEach(shards.next(), this::visit);
      }
      if (!shards.hasNext()) {
        finished(live, INTERVAL);
      }
      return shards.hasNext();
    }

    private void visit(String name) throws IOException {
      if (!housekeeping.isClosed()) {
        boolean swept = trySweep(name, now);
        live += swept || FileIndex.isIndex(SlotFolder.lockName(name)) ? 0 : 1;
      }
    }

    @Override
    public void failed() {
      finished(count.get(), AFTER_FAILURE);
    }

    private void finished(long found, Duration pause) {
      count.set(found);
      // With more live sessions than the threshold, sweeping at each new one would find nothing;
      // sweeping when there are twice as many reads each about twice, however many there will be.
      sweepAtCount = 2 * Math.max(1, found);
      sweepAt = now.plus(pause);
    }
  }

  /** One file on a bad sector must not keep the others from being swept. */
  private boolean trySweep(String name, Instant now) throws IOException {
    try {
      return sweep(name, now);
    } catch (ClosedByInterruptException e) {
      // None of the others could be read either.
      throw e;
    } catch (IOException | SessionStoreException e) {
      LOG.log(Level.WARNING, "cannot sweep " + name, e);
      return false;
    }
  }

  private boolean sweep(String name, Instant now) throws IOException {
    if (files.read(name).filter(slot -> slot.deadline().isAfter(now)).isPresent()) {
      files.keepFresh(name, now);
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
      return files.sweep(name, now, this::found);
    }
  }

  private void found(String name) {
    if (!FileIndex.isIndex(name)) {
      unreadable.found(name);
    }
  }

  @Override
  public void close() {
    housekeeping.close();
  }
}
