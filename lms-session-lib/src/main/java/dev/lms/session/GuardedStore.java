package dev.lms.session;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A store behind a {@link Breaker}, with a meter on every operation. Thread-safe. */
final class GuardedStore implements SessionStore {
  private final SessionStore store;
  private final SessionListener listener;
  private final LongSupplier nanoTime;
  private final Breaker breaker;
  private final Map<StoreOperation, OperationMeter> meters = new EnumMap<>(StoreOperation.class);
  private final LongAdder refused = new LongAdder();

  GuardedStore(SessionStore store, SessionListener listener, LongSupplier nanoTime) {
    this.store = store;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.breaker = new Breaker(listener, nanoTime);
    for (StoreOperation operation : StoreOperation.values()) {
      meters.put(operation, new OperationMeter());
    }
    store.setListener(listener);
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
    Breaker.State state = breaker.enter();
    if (state == null) {
      refused.increment();
      throw SessionStoreException.notAsked();
    }
    OperationMeter meter = requireNonNull(meters.get(operation));
    long start = nanoTime.getAsLong();
    T answer;
    try {
      answer = call.get();
    } catch (SessionStoreException e) {
      meter.failedAfter(nanoTime.getAsLong() - start);
      if (e.isOutage()) {
        if (breaker.failed(state, e)) {
          store.outageBegan();
        }
      } else {
        breaker.undecided(state);
      }
      throw e;
    } catch (RuntimeException | Error e) {
      breaker.undecided(state);
      throw e;
    }
    if (wasAsked.test(answer)) {
      meter.took(nanoTime.getAsLong() - start);
      breaker.answered(state);
    } else {
      breaker.undecided(state);
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
  public Optional<StoredSession> load(String token) {
    boolean absent = breaker.isOpen() && isForged(token);
    Optional<StoredSession> found =
        absent
            ? Optional.empty()
            : ask(
                StoreOperation.LOAD,
                () -> store.load(token),
                answer -> answer.isPresent() || !isForged(token));
    if (found.isEmpty() && isForged(token)) {
      listener.tampered();
    }
    return found;
  }

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
  public String create(
      Envelope envelope, Map<String, String> attributes, Instant deadline, Instant now) {
    return ask(StoreOperation.CREATE, () -> store.create(envelope, attributes, deadline, now));
  }

  @Override
  public Optional<String> create(
      Envelope envelope,
      Map<String, String> attributes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    return ask(
        StoreOperation.CREATE, () -> store.create(envelope, attributes, deadline, now, limit));
  }

  @Override
  public Written update(StoredSession session, Changes changes, Instant deadline, Instant now) {
    return ask(StoreOperation.UPDATE, () -> store.update(session, changes, deadline, now));
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    return ask(
        StoreOperation.ROTATE, () -> store.rotate(session, envelope, changes, deadline, now));
  }

  @Override
  public Written rotate(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    return ask(
        StoreOperation.ROTATE,
        () -> store.rotate(session, envelope, changes, deadline, now, limit));
  }

  @Override
  public Written rotate(
      StoredSession session, Changes changes, Instant deadline, Instant now, Duration grace) {
    return ask(StoreOperation.ROTATE, () -> store.rotate(session, changes, deadline, now, grace));
  }

  @Override
  public boolean delete(String token, Instant now) {
    return !isForged(token) && ask(StoreOperation.DELETE, () -> store.delete(token, now));
  }

  @Override
  public boolean delete(StoredSession session, Instant now) {
    return ask(StoreOperation.DELETE, () -> store.delete(session, now));
  }

  @Override
  public List<SessionInfo> list(String principalId, Instant now) {
    return ask(StoreOperation.LIST, () -> store.list(principalId, now));
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    return ask(StoreOperation.REVOKE, () -> store.revoke(principalId, handle, now));
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return ask(StoreOperation.REVOKE, () -> store.revokeAll(principalId, except, now));
  }

  @Override
  public SessionStats stats(Instant now) {
    return ask(StoreOperation.STATS, () -> store.stats(now));
  }

  @Override
  public long purge(Instant now) {
    return ask(StoreOperation.PURGE, () -> store.purge(now));
  }

  @Override
  public Capabilities capabilities() {
    return store.capabilities();
  }

  @Override
  public void close() {
    store.close();
  }
}
