// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Opened;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Another store whose next answers to writes are lost: they are done, and nobody knows. */
final class LosingStore implements SessionStore, SessionStore.Reporting {
  private final SessionStore store;
  final AtomicInteger losing = new AtomicInteger();
  final AtomicInteger writes = new AtomicInteger();

  LosingStore(SessionStore store) {
    this.store = store;
  }

  private <T> T write(Supplier<T> call) {
    writes.incrementAndGet();
    T answer = call.get();
    if (losing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new SessionStoreException("the answer is lost");
    }
    return answer;
  }

  @Override
  public Optional<String> handle(String token) {
    return store.handle(token);
  }

  @Override
  public Opened open(String token, Instant now) {
    return store.open(token, now);
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    return write(() -> store.create(envelope, attributes, options));
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    return write(() -> store.update(session, changes, options));
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    return write(() -> store.rotate(session, envelope, changes, options));
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    return write(() -> store.delete(token, loaded, now));
  }

  @Override
  public void reportTo(SessionListener listener) {
    if (store instanceof SessionStore.Reporting reporting) {
      reporting.reportTo(listener);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return store.capabilities();
  }

  @Override
  public void close() {
    store.close();
  }
}
