// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.micrometer;

import dev.lms.session.EndReason;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.observation.StoreObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts and times the sessions of a site in a Micrometer registry. Every meter has the tag {@code
 * store}; {@code docs/reference/metrics.md} lists them. No tag names a person or a session.
 *
 * <p>Latencies are histograms with bounds from 500 µs to 10 s. To have other bounds, give the
 * registry a {@code MeterFilter} that configures {@code lms.session.store.duration}.
 */
public final class SessionMeters {
  private static final Duration[] BOUNDS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(10)
  };

  private SessionMeters() {}

  /**
   * Has sessions counted in a registry from when they are built.
   *
   * @param sessions the sessions to be built
   * @param registry where the meters are registered
   * @param store what the tag {@code store} says, such as {@code redis}
   * @return the same builder
   */
  public static Sessions.Builder addTo(
      Sessions.Builder sessions, MeterRegistry registry, String store) {
    Tags tags = Tags.of("store", store);
    return sessions.listener(new Events(registry, tags)).observer(new Calls(registry, tags));
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Counter counter(
      MeterRegistry registry, Tags tags, String name, String description) {
    return Counter.builder("lms.session." + name)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  /** What happens to sessions. */
  private static final class Events implements SessionListener {
    private final Counter created;
    private final Counter rotated;
    private final Counter reused;
    private final Map<EndReason, Counter> ended = new EnumMap<>(EndReason.class);
    private final Counter conflicts;
    private final Counter gone;
    private final Counter tampered;
    private final Counter unreadable;
    private final Counter outages;
    private final Counter passports;
    private final AtomicInteger outage = new AtomicInteger();

    Events(MeterRegistry registry, Tags tags) {
      created = counter(registry, tags, "created", "Sessions that began");
      rotated = counter(registry, tags, "rotated", "Sessions that got a new id");
      reused = counter(registry, tags, "reused", "Old ids that came back after a rotation");
      for (EndReason why : EndReason.values()) {
        ended.put(
            why,
            counter(
                registry,
                tags.and("reason", label(why)),
                "ended",
                "Sessions that ended by a request"));
      }
      conflicts =
          counter(registry, tags, "conflicts", "Commits refused because of another's change");
      gone = counter(registry, tags, "gone", "Commits that met a session which had ended");
      tampered =
          counter(registry, tags, "tampered", "Cookies that were not made with the site's keys");
      unreadable = counter(registry, tags, "unreadable", "Stored sessions that could not be read");
      outages = counter(registry, tags, "store.outages", "Outages of the store");
      passports =
          counter(registry, tags, "passports", "Requests that went on by a passport in an outage");
      // A gauge holds on to a supplier, but not to an object that it measures.
      Gauge.builder("lms.session.store.outage", outage::get)
          .description("1 while the store is asked by one probe at a time only")
          .tags(tags)
          .register(registry);
    }

    @Override
    public void created(SessionEvent session) {
      created.increment();
    }

    @Override
    public void rotated(SessionEvent session, String oldHandle) {
      rotated.increment();
    }

    @Override
    public void reused(SessionEvent session) {
      reused.increment();
    }

    @Override
    public void ended(SessionEvent session, EndReason why) {
      count(why, 1);
    }

    @Override
    public void endedTogether(Optional<String> principalId, long sessions, EndReason why) {
      count(why, sessions);
    }

    private void count(EndReason why, long sessions) {
      Counter counter = ended.get(why);
      if (counter != null) {
        counter.increment((double) sessions);
      }
    }

    @Override
    public void conflict(SessionEvent session) {
      conflicts.increment();
    }

    @Override
    public void gone(SessionEvent session) {
      gone.increment();
    }

    @Override
    public void tampered() {
      tampered.increment();
    }

    @Override
    public void unreadable(String handle) {
      unreadable.increment();
    }

    @Override
    public void onPassport(SessionEvent session) {
      passports.increment();
    }

    @Override
    public void outageBegan(SessionStoreException cause) {
      outages.increment();
      outage.set(1);
    }

    @Override
    public void outageEnded(Duration lasted) {
      outage.set(0);
    }
  }

  /** How long the store takes. */
  private static final class Calls implements StoreObserver {
    /** A series of the histogram; it begins when something is first measured. */
    private record Series(String operation, Outcome outcome) {}

    private final MeterRegistry registry;
    private final Tags tags;
    private final Counter refused;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

    Calls(MeterRegistry registry, Tags tags) {
      this.registry = registry;
      this.tags = tags;
      this.refused =
          counter(
              registry, tags, "store.refused", "Calls that the open breaker kept from the store");
    }

    @Override
    public Call begins(String operation) {
      Timer.Sample began = Timer.start(registry);
      return (outcome, failure) -> {
        switch (outcome) {
          case ANSWERED, FAILED ->
              began.stop(timers.computeIfAbsent(new Series(operation, outcome), this::timer));
          case REFUSED -> refused.increment();
          case FORGED -> {} // Counted as tampered.
        }
      };
    }

    private Timer timer(Series series) {
      return Timer.builder("lms.session.store.duration")
          .description("How long the store took, failures included")
          .tags(tags)
          .tag("operation", series.operation())
          .tag("outcome", label(series.outcome()))
          .serviceLevelObjectives(BOUNDS)
          .register(registry);
    }
  }
}
