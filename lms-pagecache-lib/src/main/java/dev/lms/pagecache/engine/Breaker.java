// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import dev.lms.pagecache.store.PageStoreException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps requests from a store that does not answer, so that none waits for it (M. Nygard, Release
 * It!, "Circuit Breaker").
 *
 * <p>One failure opens it: pages can be rendered without the store. While it is open, requests are
 * told so at once, and one probe at a time, on a thread of its own, finds out whether the store
 * answers again: the first immediately, each further one after a pause. Without requests there are
 * no probes. Thread-safe, without locks.
 */
public final class Breaker {
  /** How long to wait before another probe. */
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(Breaker.class.getName());

  /** A time during which the store answers, or does not; compared by identity. */
  public static final class Spell {
    private final boolean answers;
    private final long nextProbe;

    private Spell(boolean answers, long nextProbe) {
      this.answers = answers;
      this.nextProbe = nextProbe;
    }
  }

  private final Runnable probe;
  private final Executor prober;
  private final LongSupplier nanos;
  private final AtomicReference<Spell> spell = new AtomicReference<>(new Spell(true, 0));

  /** The spell of a probe that is under way. */
  private final AtomicReference<@Nullable Spell> probing = new AtomicReference<>();

  /**
   * Creates a closed breaker.
   *
   * @param probe throws {@link PageStoreException} while the store does not answer
   * @param prober runs one probe at a time
   * @param nanos elapsed time in nanoseconds, like {@link System#nanoTime}
   */
  public Breaker(Runnable probe, Executor prober, LongSupplier nanos) {
    this.probe = probe;
    this.prober = prober;
    this.nanos = nanos;
  }

  /**
   * Runs one probe on a daemon thread, which ends with it.
   *
   * @param work the probe
   */
  public static void onThreadOfItsOwn(Runnable work) {
    Thread thread = new Thread(work, "page cache probe");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * {@return what to pass to {@link #failed} if the store does not answer; null if it must not be
   * asked now}
   */
  public @Nullable Spell enter() {
    Spell now = spell.get();
    if (now.answers) {
      return now;
    }
    probeIfDue(now);
    return null;
  }

  /**
   * Says that the store did not answer. A caller that asked before the store last recovered is
   * ignored.
   *
   * @param asked what {@link #enter} returned
   * @param cause what the store threw
   */
  public void failed(Spell asked, PageStoreException cause) {
    Spell open = new Spell(false, nanos.getAsLong());
    if (asked.answers && spell.compareAndSet(asked, open)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The store of pages does not answer; pages are rendered without it: {0}",
          cause.toString());
      probeIfDue(open);
    }
  }

  private void probeIfDue(Spell open) {
    if (nanos.getAsLong() - open.nextProbe >= 0 && probing.compareAndSet(null, open)) {
      try {
        prober.execute(() -> probe(open));
      } catch (RuntimeException | OutOfMemoryError e) {
        // No thread is to be had. Who noticed does without the store, and another tries later.
        spell.compareAndSet(open, new Spell(false, nanos.getAsLong() + PAUSE.toNanos()));
        probing.set(null);
      }
    }
  }

  private void probe(Spell open) {
    try {
      if (spell.get() == open) {
        probe.run();
        spell.set(new Spell(true, 0));
        LOG.log(System.Logger.Level.INFO, "The store of pages answers again");
      }
    } catch (RuntimeException e) {
      spell.set(new Spell(false, nanos.getAsLong() + PAUSE.toNanos()));
    } finally {
      probing.set(null);
    }
  }
}
