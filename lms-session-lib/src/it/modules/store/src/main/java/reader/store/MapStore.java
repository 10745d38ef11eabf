package reader.store;

import dev.lms.session.*;
import dev.lms.session.store.SessionTokens;
import java.time.Instant;
import java.util.*;

/** Sessions in a map that all workers share. */
record MapStore(Map<String, StoredSession> sessions, SessionTokens tokens) implements SessionStore {
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(SessionTokens.Token::handle);
  }

  public Opened open(String token, Instant now) {
    synchronized (sessions) {
      return handle(token).map(sessions::get).<Opened>map(Opened.Live::new).orElse(Opened.ABSENT);
    }
  }

  public Optional<String> create(Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    synchronized (sessions) {
      return Optional.of(put(tokens.mint(), envelope, options.deadline(), attributes));
    }
  }

  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    return write(session, SessionTokens.of(session), session.envelope(), changes, options);
  }

  public Written rotate(StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    return write(session, tokens.mint(), envelope, changes, options);
  }

  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    synchronized (sessions) {
      StoredSession ended = handle(token).map(sessions::remove).orElse(null);
      return ended != null && now.isBefore(ended.deadline());
    }
  }

  public Set<Capability> capabilities() {
    return Set.of(Capability.MERGES_CONCURRENT_CHANGES, Capability.DETECTS_CONFLICTS);
  }

  private Written write(
      StoredSession session, SessionTokens.Token token, Envelope envelope, Changes changes, WriteOptions options) {
    synchronized (sessions) {
      StoredSession stored = sessions.get(session.handle());
      if (stored == null || !options.now().isBefore(stored.deadline())) {
        return Written.GONE;
      } else if (!changes.fit(stored.attributes())) {
        return Written.CONFLICT;
      }
      Map<String, String> attributes = changes.applyTo(stored.attributes());
      boolean later = options.deadline().isAfter(stored.deadline());
      sessions.remove(session.handle());
      return Written.stored(put(token, envelope, later ? options.deadline() : stored.deadline(), attributes));
    }
  }

  private String put(SessionTokens.Token token, Envelope envelope, Instant deadline, Map<String, String> attributes) {
    StoredSession session = new StoredSession(token.text(), token.handle(), envelope, deadline);
    sessions.put(token.handle(), session.withAttributes(attributes));
    return token.text();
  }
}
