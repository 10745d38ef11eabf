package dev.lms.session.httpserver;

import dev.lms.session.Capabilities;
import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Opened;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Another store whose next answers to writes are lost: they are done, and nobody knows. */
final class LosingStore implements SessionStore {
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
  public Optional<StoredSession> load(String token) {
    return store.load(token);
  }

  @Override
  public Opened open(String token, Instant now) {
    return store.open(token, now);
  }

  @Override
  public String create(
      Envelope envelope, Map<String, String> attributes, Instant deadline, Instant now) {
    return write(() -> store.create(envelope, attributes, deadline, now));
  }

  @Override
  public Optional<String> create(
      Envelope envelope,
      Map<String, String> attributes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    return write(() -> store.create(envelope, attributes, deadline, now, limit));
  }

  @Override
  public Written update(StoredSession session, Changes changes, Instant deadline, Instant now) {
    return write(() -> store.update(session, changes, deadline, now));
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    return write(() -> store.rotate(session, envelope, changes, deadline, now));
  }

  @Override
  public Written rotate(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    return write(() -> store.rotate(session, envelope, changes, deadline, now, limit));
  }

  @Override
  public Written rotate(
      StoredSession session, Changes changes, Instant deadline, Instant now, Duration grace) {
    return write(() -> store.rotate(session, changes, deadline, now, grace));
  }

  @Override
  public boolean delete(String token, Instant now) {
    return write(() -> store.delete(token, now));
  }

  @Override
  public void setListener(SessionListener listener) {
    store.setListener(listener);
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
