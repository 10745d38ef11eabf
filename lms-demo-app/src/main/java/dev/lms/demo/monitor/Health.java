// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.monitor;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether the site can serve: what it needs, checked when somebody asks, all at once, and answered
 * within a deadline whatever happens. Who asks while a check of before still hangs waits for that
 * one: checks never pile up. Thread-safe.
 */
public final class Health {
  private static final System.Logger LOG = System.getLogger(Health.class.getName());

  private static final Duration DEADLINE = Duration.ofSeconds(1);

  /** Something the site needs. */
  public interface Check {

    /**
     * Returns normally when all is well.
     *
     * @throws Exception when it is not
     */
    void run() throws Exception;
  }

  /**
   * What came of a check.
   *
   * @param took how long it took
   */
  public record Result(boolean ok, Duration took) {}

  private record Named(
      String name, Check check, AtomicReference<@Nullable CompletableFuture<Boolean>> running) {

    /** The check that runs, or a new one. */
    CompletableFuture<Boolean> begin() {
      CompletableFuture<Boolean> result = new CompletableFuture<>();
      while (!running.compareAndSet(null, result)) {
        @Nullable CompletableFuture<Boolean> other = running.get();
        if (other != null) {
          return other;
        }
      }
      Thread.ofVirtual()
          .name("health-" + name)
          .start(
              () -> {
                boolean ok = passes(this);
                running.set(null);
                result.complete(ok);
              });
      return result;
    }
  }

  private record Begun(String name, CompletableFuture<Boolean> passes) {}

  private final CopyOnWriteArrayList<Named> checks = new CopyOnWriteArrayList<>();
  private final AtomicBoolean draining = new AtomicBoolean();

  /** Adds a check, after those that are there. */
  public Health add(String name, Check check) {
    checks.add(new Named(name, check, new AtomicReference<>()));
    return this;
  }

  /** From now on the site is not ready: it is about to stop. */
  public void drain() {
    draining.set(true);
  }

  /** Whether it is about to stop. */
  public boolean isDraining() {
    return draining.get();
  }

  /** Runs all checks; one that takes longer than a second has failed. Named in their order. */
  public Map<String, Result> check() {
    long begun = System.nanoTime();
    Map<String, Duration> took = new ConcurrentHashMap<>();
    List<Begun> all = new ArrayList<>();
    for (Named named : checks) {
      CompletableFuture<Boolean> passes = named.begin();
      all.add(
          new Begun(
              named.name(),
              passes.whenComplete(
                  (ok, failed) ->
                      took.put(named.name(), Duration.ofNanos(System.nanoTime() - begun)))));
    }
    Map<String, Result> results = new LinkedHashMap<>();
    for (Begun one : all) {
      boolean ok = inTime(one, begun + DEADLINE.toNanos());
      Duration time = took.getOrDefault(one.name(), Duration.ofNanos(System.nanoTime() - begun));
      results.put(one.name(), new Result(ok, time));
    }
    return results;
  }

  private static boolean inTime(Begun one, long deadline) {
    try {
      return one.passes().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.log(Level.WARNING, "not ready, {0}: no answer within {1}", one.name(), DEADLINE);
      return false;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean passes(Named named) {
    try {
      named.check().run();
      return true;
    } catch (Exception e) {
      // The reason may name hosts and users: it goes to the log, not to whoever asked.
      LOG.log(Level.WARNING, "not ready, {0}: {1}", named.name(), e);
      return false;
    }
  }
}
