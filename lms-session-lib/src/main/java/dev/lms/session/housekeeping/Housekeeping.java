// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.housekeeping;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs what no visitor should wait for, one job at a time and each job in small steps: on a daemon
 * thread of its own, which is there while there is something to do, or on an executor that was
 * given. No failure of it reaches a visitor.
 */
public final class Housekeeping implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Executor executor;
  private final @Nullable ExecutorService own;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final ReentrantLock stepping = new ReentrantLock();
  private volatile boolean closed;

  private Housekeeping(Executor executor, @Nullable ExecutorService own) {
    this.executor = executor;
    this.own = own;
  }

  /**
   * {@return housekeeping on a thread of its own}
   *
   * @param name the thread's name
   */
  public static Housekeeping onOwnThread(String name) {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    one.allowCoreThreadTimeOut(true);
    return new Housekeeping(one, one);
  }

  /**
   * {@return housekeeping on an executor, which whoever gave it closes}
   *
   * @param executor runs each step as a task
   */
  public static Housekeeping on(Executor executor) {
    return new Housekeeping(executor, null);
  }

  /** Something to do, step by step. */
  public interface Job {
    /**
     * Takes the next step.
     *
     * @return whether there is another one
     * @throws Exception if the job cannot be finished
     */
    boolean step() throws Exception;

    /** It could not be finished. */
    void failed();
  }

  /**
   * Begins a job, unless another one is under way; never waits, never throws.
   *
   * @param job what to do
   */
  public void begin(Job job) {
    if (!closed && busy.compareAndSet(false, true)) {
      submit(job);
    }
  }

  private void submit(Job job) {
    try {
      executor.execute(() -> run(job));
    } catch (RejectedExecutionException e) {
      end(job, e);
    }
  }

  private void run(Job job) {
    boolean more;
    stepping.lock();
    try {
      more = !closed && job.step();
    } catch (Exception | Error e) {
      end(job, e);
      return;
    } finally {
      stepping.unlock();
    }
    if (more) {
      submit(job);
    } else {
      busy.set(false);
    }
  }

  private void end(Job job, Throwable e) {
    job.failed();
    busy.set(false);
    if (!closed) {
      LOG.log(Level.WARNING, "housekeeping failed; it is tried again", e);
    }
  }

  /** {@return whether whoever is in the middle of a long step should leave it} */
  public boolean isClosed() {
    return closed;
  }

  /** Waits for the step under way, if any; for no longer than a few seconds. */
  @Override
  public void close() {
    closed = true;
    if (own != null) {
      own.shutdown();
    }
    boolean interrupted = Thread.interrupted();
    try {
      if (own != null) {
        boolean ended = own.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        LOG.log(ended ? Level.TRACE : Level.WARNING, "housekeeping has ended: {0}", ended);
      } else if (stepping.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        stepping.unlock();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
