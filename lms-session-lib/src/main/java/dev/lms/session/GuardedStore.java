// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static java.util.Objects.requireNonNull;

import dev.lms.session.SessionStatistics.Latency;
import dev.lms.session.SessionStatistics.StoreOperation;
import dev.lms.session.observation.StoreObserver;
import dev.lms.session.observation.StoreObserver.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store behind a {@link Breaker}, with a meter on every operation. Thread-safe. */
final class GuardedStore implements SessionStore, PrincipalIndex {
  private final SessionStore store;
  private final @Nullable PrincipalIndex index;
  private final SessionStore.@Nullable Reporting reporting;
  private final SessionListener listener;
  private final StoreObserver observer;
  private final LongSupplier nanoTime;
  private final Breaker breaker;
  private final Map<StoreOperation, Meter> meters = new EnumMap<>(StoreOperation.class);
  private final LongAdder refused = new LongAdder();

  GuardedStore(
      SessionStore store, SessionListener listener, StoreObserver observer, LongSupplier nanoTime) {
    this.store = store;
    this.index = store instanceof PrincipalIndex known ? known : null;
    this.reporting = store instanceof SessionStore.Reporting told ? told : null;
    this.listener = listener;
    this.observer = observer;
    this.nanoTime = nanoTime;
    this.breaker = new Breaker(listener, nanoTime);
    for (StoreOperation operation : StoreOperation.values()) {
      meters.put(operation, new Meter());
    }
    if (reporting != null) {
      reporting.reportTo(listener);
    }
  }

  boolean isInOutage() {
    return breaker.isOpen();
  }

  long refused() {
    return refused.sum();
  }

  Map<StoreOperation, SessionStatistics.Operation> operations() {
    Map<StoreOperation, SessionStatistics.Operation> read = new EnumMap<>(StoreOperation.class);
    meters.forEach((operation, meter) -> read.put(operation, meter.read()));
    return read;
  }

  private <T> T ask(StoreOperation operation, Supplier<T> call) {
    return ask(operation, call, answer -> true);
  }

  /**
   * Asks the store, unless there is an outage.
   *
   * @param wasAsked whether this answer is one of the store's; some are found without it
   */
  private <T> T ask(StoreOperation operation, Supplier<T> call, Predicate<T> wasAsked) {
    StoreObserver.Call observed = observer.begins(operation.label());
    Breaker.State state = breaker.enter();
    if (state == null) {
      refused.increment();
      SessionStoreException notAsked = SessionStoreException.notAsked();
      observed.ended(Outcome.REFUSED, Optional.of(notAsked));
      throw notAsked;
    }
    Meter meter = requireNonNull(meters.get(operation));
    long start = nanoTime.getAsLong();
    T answer;
    try {
      answer = call.get();
    } catch (SessionStoreException e) {
      meter.failedAfter(nanoTime.getAsLong() - start);
      if (e.isOutage()) {
        if (breaker.failed(state, e) && reporting != null) {
          reporting.outageBegan();
        }
      } else {
        breaker.undecided(state);
      }
      observed.ended(Outcome.FAILED, Optional.of(e));
      throw e;
    } catch (RuntimeException | Error e) {
      breaker.undecided(state);
      observed.ended(Outcome.FAILED, Optional.of(e));
      throw e;
    }
    if (wasAsked.test(answer)) {
      meter.took(nanoTime.getAsLong() - start);
      breaker.answered(state);
      observed.ended(Outcome.ANSWERED, Optional.empty());
    } else {
      breaker.undecided(state);
      observed.ended(Outcome.FORGED, Optional.empty());
    }
    return answer;
  }

  private boolean isForged(String token) {
    return store.handle(token).isEmpty();
  }

  @Override
  public Optional<String> handle(String token) {
    return store.handle(token);
  }

  /** A forged token is told apart without the store, so it is in an outage too. */
  @Override
  public Opened open(String token, Instant now) {
    boolean absent = breaker.isOpen() && isForged(token);
    Opened opened =
        absent
            ? Opened.ABSENT
            : ask(
                StoreOperation.LOAD,
                () -> store.open(token, now),
                answer -> !answer.equals(Opened.ABSENT) || !isForged(token));
    if (opened.equals(Opened.ABSENT) && isForged(token)) {
      listener.tampered();
    }
    return opened;
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    return ask(StoreOperation.CREATE, () -> store.create(envelope, attributes, options));
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    return ask(StoreOperation.UPDATE, () -> store.update(session, changes, options));
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    return ask(StoreOperation.ROTATE, () -> store.rotate(session, envelope, changes, options));
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    return (loaded.isPresent() || !isForged(token))
        && ask(StoreOperation.DELETE, () -> store.delete(token, loaded, now));
  }

  private PrincipalIndex index() {
    if (index == null) {
      throw new IllegalStateException(
          "this session store keeps no record of whose sessions there are; to list, count or revoke"
              + " them use a store that is a PrincipalIndex, such as the file or the Redis store (to"
              + " end all sessions in cookies, change the secret key)");
    }
    return index;
  }

  @Override
  public Page page(String principalId, Optional<String> from, int most, Instant now) {
    return ask(StoreOperation.LIST, () -> index().page(principalId, from, most, now));
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    return ask(StoreOperation.REVOKE, () -> index().revoke(principalId, handle, now));
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return ask(StoreOperation.REVOKE, () -> index().revokeAll(principalId, except, now));
  }

  @Override
  public int changeRoles(String principalId, Set<String> roles, Instant now) {
    return ask(StoreOperation.CHANGE_ROLES, () -> index().changeRoles(principalId, roles, now));
  }

  @Override
  public SessionCensus stats(Instant now) {
    return ask(StoreOperation.STATS, () -> index().stats(now));
  }

  @Override
  public long purge(Instant now) {
    return ask(StoreOperation.PURGE, () -> index().purge(now));
  }

  @Override
  public Set<Capability> capabilities() {
    return store.capabilities();
  }

  @Override
  public void close() {
    store.close();
  }

  /** Counts the calls of one operation and how long they took. Thread-safe; allocates nothing. */
  static final class Meter {
    private final LongAdder[] buckets = new LongAdder[Latency.BUCKETS];
    private final LongAdder nanos = new LongAdder();
    private final LongAdder failures = new LongAdder();

    Meter() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    void took(long duration) {
      buckets[Latency.bucketOf(duration)].increment();
      nanos.add(duration);
    }

    void failedAfter(long duration) {
      failures.increment();
      took(duration);
    }

    SessionStatistics.Operation read() {
      List<Long> counts = new ArrayList<>(buckets.length);
      for (LongAdder bucket : buckets) {
        counts.add(bucket.sum());
      }
      return new SessionStatistics.Operation(
          failures.sum(), new Latency(counts, Duration.ofNanos(nanos.sum())));
    }
  }
}
