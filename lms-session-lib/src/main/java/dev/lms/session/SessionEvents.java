// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static java.util.Objects.requireNonNull;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Counts what happens to sessions and tells the listeners. Thread-safe. */
final class SessionEvents implements SessionListener {
  private static final System.Logger LOG = System.getLogger(SessionListener.class.getName());

  private final List<SessionListener> listeners;
  private final LongAdder created = new LongAdder();
  private final LongAdder rotated = new LongAdder();
  private final LongAdder reused = new LongAdder();
  private final Map<EndReason, LongAdder> ended = new EnumMap<>(EndReason.class);
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder gone = new LongAdder();
  private final LongAdder tampered = new LongAdder();
  private final LongAdder unreadable = new LongAdder();
  private final LongAdder outages = new LongAdder();
  private final LongAdder onPassport = new LongAdder();
  private final LongAdder unreadableAttributes = new LongAdder();

  SessionEvents(List<SessionListener> listeners) {
    this.listeners = List.copyOf(listeners);
    for (EndReason reason : EndReason.values()) {
      ended.put(reason, new LongAdder());
    }
  }

  /** Works out the name of the session only if somebody listens. */
  void created(Supplier<Optional<SessionEvent>> name) {
    if (listeners.isEmpty()) {
      created.increment();
    } else {
      name.get().ifPresent(this::created);
    }
  }

  @Override
  public void created(SessionEvent session) {
    created.increment();
    tell(listener -> listener.created(session));
  }

  @Override
  public void rotated(SessionEvent session, String oldHandle) {
    rotated.increment();
    tell(listener -> listener.rotated(session, oldHandle));
  }

  /** An id was used after its rotation, and the session ends or goes on. */
  void reused(SessionEvent session, boolean ends) {
    LOG.log(
        Level.WARNING,
        "session id {0} was used after it had been rotated; the session {1}",
        session.handle(),
        ends ? "ends" : "goes on under its new id");
    reused(session);
  }

  @Override
  public void reused(SessionEvent session) {
    reused.increment();
    tell(listener -> listener.reused(session));
  }

  @Override
  public void ended(SessionEvent session, EndReason why) {
    count(why, 1);
    tell(listener -> listener.ended(session, why));
  }

  @Override
  public void endedTogether(Optional<String> principalId, long sessions, EndReason why) {
    if (sessions > 0) {
      count(why, sessions);
      tell(listener -> listener.endedTogether(principalId, sessions, why));
    }
  }

  @Override
  public void rolesChanged(String principalId, Set<String> roles, int sessions) {
    tell(listener -> listener.rolesChanged(principalId, roles, sessions));
  }

  @Override
  public void conflict(SessionEvent session) {
    conflicts.increment();
    tell(listener -> listener.conflict(session));
  }

  @Override
  public void gone(SessionEvent session) {
    gone.increment();
    tell(listener -> listener.gone(session));
  }

  @Override
  public void tampered() {
    tampered.increment();
    tell(SessionListener::tampered);
  }

  @Override
  public void unreadable(String handle) {
    unreadable.increment();
    tell(listener -> listener.unreadable(handle));
  }

  @Override
  public void outageBegan(SessionStoreException cause) {
    outages.increment();
    LOG.log(Level.WARNING, "the session store is not asked for a while: {0}", cause.getMessage());
    tell(listener -> listener.outageBegan(cause));
  }

  @Override
  public void onPassport(SessionEvent session) {
    onPassport.increment();
    tell(listener -> listener.onPassport(session));
  }

  @Override
  public void outageEnded(Duration lasted) {
    LOG.log(Level.INFO, "the session store answers again, after {0}", lasted);
    tell(listener -> listener.outageEnded(lasted));
  }

  void unreadableAttribute(String name, String handle) {
    unreadableAttributes.increment();
    LOG.log(
        Level.WARNING,
        "attribute {0} of session {1} is unreadable and counts as absent",
        name,
        handle);
  }

  long unreadableAttributes() {
    return unreadableAttributes.sum();
  }

  private void count(EndReason why, long sessions) {
    requireNonNull(ended.get(why)).add(sessions);
  }

  private void tell(Consumer<SessionListener> event) {
    for (SessionListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.WARNING, "a session listener failed: " + listener.getClass().getName(), e);
      }
    }
  }

  SessionStatistics statistics(GuardedStore store) {
    Map<EndReason, Long> ends = new EnumMap<>(EndReason.class);
    ended.forEach((reason, counter) -> ends.put(reason, counter.sum()));
    return new SessionStatistics(
        new SessionStatistics.Counts(
            created.sum(),
            rotated.sum(),
            reused.sum(),
            ends,
            conflicts.sum(),
            gone.sum(),
            tampered.sum(),
            unreadable.sum(),
            outages.sum(),
            onPassport.sum(),
            store.isInOutage(),
            store.refused(),
            store.operations()));
  }
}
