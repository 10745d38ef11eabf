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
 * Visits pages one after the other, with a pause in between, so that those who come later find them
 * rendered. It stores nothing itself: its visits are requests like any other, through the same
 * cache, so that all the cache promises holds for them too. Safe for use by several threads.
 */
public final class Warmer implements AutoCloseable {
  /** The most pages that wait for a visit; more are left to those who ask for them. */
  public static final int MAX_WAITING = 1000;

  private static final System.Logger LOG = System.getLogger(Warmer.class.getName());

  /** Asks for a page as a stranger would: without cookies or other credentials. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Asks for a page.
     *
     * @param target its path and query
     * @throws IOException if there was no answer, or none that warms the cache
     */
    void visit(String target) throws IOException;
  }

  /**
   * How far it is.
   *
   * @param visited visits that succeeded
   * @param failed visits that did not
   * @param dropped pages there was no room for
   * @param waiting pages that will be visited, the one that is being visited not among them
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
   * A warmer.
   *
   * @param visitor asks for a page
   * @param scheduler runs the visits, never two at a time; whoever made it ends it
   * @param pause from the end of a visit to the beginning of the next, and so the bound of the rate
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
   * Sees to it that these pages are visited soon, each by a visit that begins after this call; so,
   * called after a purge, by one that begins after the purge. Does not wait. A page that waits
   * already is visited once.
   *
   * @param targets their paths and queries, the most important first
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

  /**
   * How far it is.
   *
   * @return counts since it was made
   */
  public Progress progress() {
    lock.lock();
    try {
      return new Progress(visited, failed, dropped, waiting.size());
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what waits. No visit begins after this; one under way ends by itself. */
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
