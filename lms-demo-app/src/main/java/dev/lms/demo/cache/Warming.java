// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import dev.lms.pagecache.Warmer;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** Keeps the hot pages of one worker warm, in a thread of its own. Thread-safe. */
public final class Warming implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Warming.class.getName());

  /** At most twenty pages a second: visitors go first. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("warming").factory());
  private final Stranger stranger;
  private final Warmer warmer;

  /** Of the worker at this address, told about each visit. */
  public Warming(URI worker, Consumer<Warmer.Progress> watcher) {
    this(new Stranger(worker), watcher);
  }

  /** By way of this visitor, which is closed with it. */
  Warming(Stranger stranger, Consumer<Warmer.Progress> watcher) {
    this.stranger = stranger;
    warmer = new Warmer(stranger, thread, PAUSE, watcher);
  }

  /** Logs when nothing is left to do. */
  public static void log(Warmer.Progress progress) {
    if (progress.waiting() == 0) {
      LOG.log(
          Level.INFO,
          progress.failed() + progress.dropped() == 0
              ? "Page cache: {0} pages visited, all of them stored"
              : "Page cache: {0} pages visited, {1} in vain; {2} more were too many",
          progress.visited() + progress.failed(),
          progress.failed(),
          progress.dropped());
    }
  }

  /** Sees to it that these pages are rendered soon, from what is true when this is called. */
  public void warm(Collection<String> targets) {
    warmer.warm(targets);
  }

  /** How far it is. */
  public Warmer.Progress progress() {
    return warmer.progress();
  }

  /** Begins no more visits, and gives up the one under way. */
  @Override
  public void close() {
    warmer.close();
    stranger.close();
    thread.shutdownNow();
  }
}
