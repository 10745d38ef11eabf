// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Visits pages one after the other, with a pause in between, so that later visitors find them
 * rendered. Its visits are ordinary requests through the cache, with all the cache's guarantees; it
 * stores nothing itself. Thread-safe.
 */
public final class Warmer implements AutoCloseable {
  /**
   * How many pages may wait for a visit; further ones are dropped, and rendered when somebody asks.
   */
  public static final int MAX_WAITING = 1000;

  private static final System.Logger LOG = System.getLogger(Warmer.class.getName());

  /** Requests a page as an anonymous visitor: without cookies or other credentials. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Requests a page.
     *
     * @param target its path and query
     * @throws IOException if there was no answer, or none that warms the cache
     */
    void visit(String target) throws IOException;
  }

  /**
   * Counts of a warmer.
   *
   * @param visited visits that succeeded
   * @param failed visits that failed
   * @param dropped pages for which there was no room to wait
   * @param waiting pages that wait for a visit, without the one being visited
   */
  public record Progress(long visited, long failed, long dropped, int waiting) {}

  private final Visitor visitor;
  private final ScheduledExecutorService scheduler;
  private final Duration pause;
  private final Consumer<Progress> watcher;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<String> waiting = new LinkedHashSet<>();
  private long visited;
  private long failed;
  private long dropped;
  private boolean underWay;
  private boolean closed;

  /**
   * Creates a warmer.
   *
   * @param visitor requests a page
   * @param scheduler runs the visits, never two at a time; the caller closes it
   * @param pause the time from the end of a visit to the start of the next, which bounds the rate
   * @param watcher is told after each visit
   */
  public Warmer(
      Visitor visitor,
      ScheduledExecutorService scheduler,
      Duration pause,
      Consumer<Progress> watcher) {
    this.visitor = visitor;
    this.scheduler = scheduler;
    this.pause = pause;
    this.watcher = watcher;
  }

  /**
   * Schedules visits to pages, each of which starts after this call: after a purge, they render the
   * pages again. Returns at once. A page that waits already is visited once.
   *
   * @param targets paths and queries, the most important first
   */
  public void warm(Collection<String> targets) {
    lock.lock();
    try {
      for (String target : targets) {
        if (waiting.size() < MAX_WAITING || waiting.contains(target)) {
          waiting.add(target);
        } else {
          dropped++;
        }
      }
      if (!closed && !underWay && !waiting.isEmpty()) {
        underWay = true;
        next(Duration.ZERO);
      }
    } finally {
      lock.unlock();
    }
  }

  private void next(Duration delay) {
    try {
      ScheduledFuture<?> unused =
          scheduler.schedule(this::step, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The program is ending.
      closed = true;
      waiting.clear();
    }
  }

  private void step() {
    String target = take();
    if (target == null) {
      return;
    }
    boolean succeeded = visit(target);
    Progress progress;
    lock.lock();
    try {
      if (succeeded) {
        visited++;
      } else {
        failed++;
      }
      progress = progress();
      // Also after the last one: whoever comes within the pause waits for its end.
      next(pause);
    } finally {
      lock.unlock();
    }
    watcher.accept(progress);
  }

  private @Nullable String take() {
    lock.lock();
    try {
      Iterator<String> first = waiting.iterator();
      if (closed || !first.hasNext()) {
        underWay = false;
        return null;
      }
      String target = first.next();
      first.remove();
      return target;
    } finally {
      lock.unlock();
    }
  }

  private boolean visit(String target) {
    try {
      visitor.visit(target);
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "The page " + target + " was not warmed", e);
      return false;
    }
  }

  /** {@return counts since this warmer was created} */
  public Progress progress() {
    lock.lock();
    try {
      return new Progress(visited, failed, dropped, waiting.size());
    } finally {
      lock.unlock();
    }
  }

  /** Drops the pages that wait. No visit starts after this; one under way completes. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }
}
