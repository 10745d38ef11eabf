package dev.lms.demo.monitor;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the site can serve: what it needs, checked when somebody asks. Thread-safe. */
public final class Health {
  private static final System.Logger LOG = System.getLogger(Health.class.getName());

  /** Something the site needs. Bounded in time by whoever supplies it. */
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

  private record Named(String name, Check check) {}

  private final CopyOnWriteArrayList<Named> checks = new CopyOnWriteArrayList<>();
  private final AtomicBoolean draining = new AtomicBoolean();

  /** Adds a check, after those that are there. */
  public Health add(String name, Check check) {
    checks.add(new Named(name, check));
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

  /** Runs all checks, in their order. */
  public Map<String, Result> check() {
    Map<String, Result> results = new LinkedHashMap<>();
    for (Named named : checks) {
      long begun = System.nanoTime();
      boolean ok = passes(named);
      results.put(named.name(), new Result(ok, Duration.ofNanos(System.nanoTime() - begun)));
    }
    return results;
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
