// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.opentelemetry;

import dev.lms.session.EndReason;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.observation.StoreObserver;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells OpenTelemetry of the sessions of a site: a span for each call of the store, below the span
 * that is current, and metrics; {@code docs/reference/metrics.md} lists them. No attribute names a
 * person or a session.
 */
public final class SessionTelemetry {
  private static final String SCOPE = "dev.lms.session";
  private static final AttributeKey<String> STORE = AttributeKey.stringKey("lms.session.store");
  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("lms.session.operation");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("lms.session.outcome");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("lms.session.reason");
  private static final List<Double> BOUNDS =
      List.of(.0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1.0, 2.5, 10.0);

  private SessionTelemetry() {}

  /**
   * Has sessions traced and counted from when they are built.
   *
   * @param sessions the sessions to be built
   * @param telemetry where spans and metrics go
   * @param store what the attribute {@code lms.session.store} says, such as {@code redis}
   * @return the same builder
   */
  public static Sessions.Builder addTo(
      Sessions.Builder sessions, OpenTelemetry telemetry, String store) {
    Attributes site = Attributes.of(STORE, store);
    Meter meter = telemetry.getMeter(SCOPE);
    return sessions
        .listener(new Events(meter, site))
        .observer(new Calls(telemetry.getTracer(SCOPE), meter, site));
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static LongCounter counter(Meter meter, String name, String description) {
    return meter.counterBuilder("lms.session." + name).setDescription(description).build();
  }

  /** What happens to sessions. */
  private static final class Events implements SessionListener {
    private final Attributes site;
    private final LongCounter created;
    private final LongCounter rotated;
    private final LongCounter reused;
    private final LongCounter ended;
    private final LongCounter conflicts;
    private final LongCounter gone;
    private final LongCounter tampered;
    private final LongCounter unreadable;
    private final LongCounter outages;
    private final LongCounter passports;
    private final LongUpDownCounter outage;

    Events(Meter meter, Attributes site) {
      this.site = site;
      created = counter(meter, "created", "Sessions that began");
      rotated = counter(meter, "rotated", "Sessions that got a new id");
      reused = counter(meter, "reused", "Old ids that came back after a rotation");
      ended = counter(meter, "ended", "Sessions that ended by a request");
      conflicts = counter(meter, "conflicts", "Commits refused because of another's change");
      gone = counter(meter, "gone", "Commits that met a session which had ended");
      tampered = counter(meter, "tampered", "Cookies that were not made with the site's keys");
      unreadable = counter(meter, "unreadable", "Stored sessions that could not be read");
      outages = counter(meter, "store.outages", "Outages of the store");
      passports = counter(meter, "passports", "Requests that went on by a passport in an outage");
      outage =
          meter
              .upDownCounterBuilder("lms.session.store.outage")
              .setDescription("1 while the store is asked by one probe at a time only")
              .build();
      outage.add(0, site);
    }

    @Override
    public void created(SessionEvent session) {
      created.add(1, site);
    }

    @Override
    public void rotated(SessionEvent session, String oldHandle) {
      rotated.add(1, site);
    }

    @Override
    public void reused(SessionEvent session) {
      reused.add(1, site);
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
      ended.add(sessions, site.toBuilder().put(REASON, label(why)).build());
    }

    @Override
    public void conflict(SessionEvent session) {
      conflicts.add(1, site);
    }

    @Override
    public void gone(SessionEvent session) {
      gone.add(1, site);
    }

    @Override
    public void tampered() {
      tampered.add(1, site);
    }

    @Override
    public void unreadable(String handle) {
      unreadable.add(1, site);
    }

    @Override
    public void onPassport(SessionEvent session) {
      passports.add(1, site);
    }

    @Override
    public void outageBegan(SessionStoreException cause) {
      outages.add(1, site);
      outage.add(1, site);
    }

    @Override
    public void outageEnded(Duration lasted) {
      outage.add(-1, site);
    }
  }

  /** What the store is asked. */
  private static final class Calls implements StoreObserver {
    private static final double NANOS = 1e9;

    private final Tracer tracer;
    private final Attributes site;
    private final DoubleHistogram durations;
    private final LongCounter refused;

    Calls(Tracer tracer, Meter meter, Attributes site) {
      this.tracer = tracer;
      this.site = site;
      this.durations =
          meter
              .histogramBuilder("lms.session.store.duration")
              .setDescription("How long the store took, failures included")
              .setUnit("s")
              .setExplicitBucketBoundariesAdvice(BOUNDS)
              .build();
      this.refused =
          counter(meter, "store.refused", "Calls that the open breaker kept from the store");
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed where the call ends.
    public Call begins(String operation) {
      Span span =
          tracer
              .spanBuilder("session " + operation)
              .setSpanKind(SpanKind.CLIENT)
              .setAllAttributes(site)
              .setAttribute(OPERATION, operation)
              .startSpan();
      // What the store's client says of itself stands below this span.
      Scope scope = span.makeCurrent();
      long began = System.nanoTime();
      return (outcome, failure) -> {
        long took = System.nanoTime() - began;
        scope.close();
        end(span, outcome, failure);
        count(operation, outcome, took);
      };
    }

    private static void end(Span span, Outcome outcome, Optional<Throwable> failure) {
      span.setAttribute(OUTCOME, label(outcome));
      if (failure.isPresent()) {
        span.setStatus(StatusCode.ERROR);
        span.recordException(failure.get());
      }
      span.end();
    }

    private void count(String operation, Outcome outcome, long nanos) {
      switch (outcome) {
        case ANSWERED, FAILED ->
            durations.record(
                nanos / NANOS,
                site.toBuilder().put(OPERATION, operation).put(OUTCOME, label(outcome)).build());
        case REFUSED -> refused.add(1, site);
        case FORGED -> {} // Counted as tampered.
      }
    }
  }
}
