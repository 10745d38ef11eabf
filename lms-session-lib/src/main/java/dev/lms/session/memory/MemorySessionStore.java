// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.memory;

import dev.lms.session.Changes;
import dev.lms.session.EndReason;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.store.Forward;
import dev.lms.session.store.SessionPages;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.store.SessionTokens.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Keeps sessions in the memory of one process and loses them with it: for tests, small tools, and a
 * site with one worker whose people can sign in again after a restart. It keeps every promise of a
 * store on a server. Thread-safe; no call waits for I/O.
 *
 * <p>It holds a bounded number of sessions. When it is full, each new session ends the one that
 * would have ended soonest: an anonymous visitor's as long as there is one, and only then a
 * person's. Expired sessions are removed as new ones begin.
 */
public final class MemorySessionStore
    implements SessionStore, PrincipalIndex, SessionStore.Reporting {
  /** The default number of sessions that are held. */
  public static final int DEFAULT_CAPACITY = 100_000;

  private final SessionTokens tokens;
  private final Table table;
  private volatile SessionListener listener = new SessionListener() {};

  MemorySessionStore(KeyRing keys, Table table) {
    this.tokens = new SessionTokens(keys);
    this.table = table;
  }

  /**
   * {@return an empty store that holds {@link #DEFAULT_CAPACITY} sessions}
   *
   * @param keys the secret keys of the site
   */
  public static MemorySessionStore open(KeyRing keys) {
    return open(keys, DEFAULT_CAPACITY);
  }

  /**
   * {@return an empty store}
   *
   * @param keys the secret keys of the site
   * @param capacity how many sessions it holds, recently replaced ids included
   * @throws IllegalArgumentException if it is less than 2: a session that gets a new id needs two
   */
  public static MemorySessionStore open(KeyRing keys, int capacity) {
    if (capacity < 2) {
      throw new IllegalArgumentException(
          "a session store in memory needs a capacity of at least 2, not " + capacity);
    }
    return new MemorySessionStore(keys, new Table(capacity));
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(Token::handle);
  }

  @Override
  public Opened open(String token, Instant now) {
    return tokens
        .parse(token)
        .map(name -> table.locked(() -> open(name, now)))
        .orElse(Opened.ABSENT);
  }

  private Opened open(Token first, Instant now) {
    Token name = first;
    Optional<Slot> slot = table.get(name.handle());
    while (slot.isPresent() && slot.get() instanceof Slot.Moved moved) {
      if (!moved.forward().isAlias(now)) {
        return moved.forward().afterwards(name.handle());
      }
      name = name.as(moved.forward().handle());
      slot = table.get(name.handle());
    }
    return slot.isPresent()
            && slot.get() instanceof Slot.Kept kept
            && (name.equals(first) || !kept.envelope().renewalDue())
        ? new Opened.Live(session(name, kept))
        : Opened.ABSENT;
  }

  private Optional<Slot.Kept> kept(Token name) {
    return table.get(name.handle()).filter(Slot.Kept.class::isInstance).map(Slot.Kept.class::cast);
  }

  private static StoredSession session(Token name, Slot.Kept kept) {
    return new StoredSession(name.text(), name.handle(), kept.envelope(), kept.deadline())
        .withAttributes(kept.attributes());
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    Instant now = options.now();
    Token token = tokens.mint();
    List<SessionEvent> ended = new ArrayList<>();
    boolean begun =
        table.locked(
            () -> {
              if (!makesRoom(envelope, Optional.empty(), options, ended)) {
                return false;
              }
              table.makeRoom(now);
              table.put(
                  token.handle(),
                  new Slot.Kept(
                      envelope, Map.copyOf(attributes), options.deadline(), token.handle(), now));
              return true;
            });
    tell(ended);
    return begun ? Optional.of(token.text()) : Optional.empty();
  }

  /** Whether one session more of this person is within the limit; ends the oldest if it may. */
  private boolean makesRoom(
      Envelope envelope,
      Optional<String> replaced,
      WriteOptions options,
      List<SessionEvent> ended) {
    Optional<String> person = envelope.principal().map(Principal::id);
    if (person.isEmpty()) {
      return true;
    }
    List<String> others =
        table.of(person.get()).stream()
            .filter(entry -> entry.getValue().isLive(options.now()))
            .map(Map.Entry::getKey)
            .filter(handle -> replaced.filter(handle::equals).isEmpty())
            .toList();
    int excess = others.size() - options.limit().max() + 1;
    if (excess > 0 && options.limit().refuses()) {
      return false;
    }
    for (String oldest : others.subList(0, Math.max(0, excess))) {
      table.remove(oldest);
      ended.add(new SessionEvent(oldest, person));
    }
    return true;
  }

  /** Without the lock: a listener may take its time, or ask the store. */
  private void tell(List<SessionEvent> ended) {
    ended.forEach(session -> listener.ended(session, EndReason.LIMIT));
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    return table.locked(() -> update(SessionTokens.of(session), changes, options));
  }

  private Written update(Token first, Changes changes, WriteOptions options) {
    Instant now = options.now();
    Instant deadline = options.deadline();
    Token name = throughAliases(first, now);
    Optional<Slot.Kept> current = kept(name).filter(slot -> slot.isLive(now));
    if (current.isEmpty()) {
      return Written.GONE;
    }
    Slot.Kept old = current.get();
    if (!changes.fit(old.attributes())) {
      return Written.CONFLICT;
    }
    table.put(
        name.handle(),
        new Slot.Kept(
            old.envelope(),
            Map.copyOf(changes.applyTo(old.attributes())),
            deadline.isAfter(old.deadline()) ? deadline : old.deadline(),
            old.root(),
            now));
    return Written.stored(name.text());
  }

  private Token throughAliases(Token first, Instant now) {
    Token name = first;
    while (table.get(name.handle()).orElse(null) instanceof Slot.Moved moved
        && moved.forward().isAlias(now)) {
      name = name.as(moved.forward().handle());
    }
    return name;
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    List<SessionEvent> ended = new ArrayList<>();
    Token loaded = SessionTokens.of(session);
    Written written =
        table.locked(
            () -> {
              Token current = throughAliases(loaded, options.now());
              boolean rotatedMeanwhile =
                  !handle(session.token()).equals(Optional.of(session.handle()))
                      || !current.equals(loaded);
              return options.grace().isPresent() && rotatedMeanwhile
                  ? update(loaded, changes, options)
                  : move(session, current, envelope, changes, options, ended);
            });
    tell(ended);
    return written;
  }

  private Written move(
      StoredSession loaded,
      Token old,
      Envelope envelope,
      Changes changes,
      WriteOptions options,
      List<SessionEvent> ended) {
    Instant now = options.now();
    Optional<Slot.Kept> current = kept(old).filter(slot -> slot.isLive(now));
    if (current.isEmpty()) {
      return Written.GONE;
    }
    Slot.Kept from = current.get();
    if (!changes.fit(from.attributes())) {
      return Written.CONFLICT;
    }
    Map<String, String> attributes = Map.copyOf(changes.applyTo(from.attributes()));
    Envelope written = envelope.over(loaded.envelope(), from.envelope());
    boolean samePerson =
        from.person().isPresent() && from.person().equals(envelope.principal().map(Principal::id));
    Optional<String> replaced = samePerson ? Optional.of(old.handle()) : Optional.empty();
    if (!makesRoom(envelope, replaced, options, ended)) {
      return Written.REFUSED;
    }
    Token token = tokens.mintBeside(old);
    String root = samePerson ? from.root() : token.handle();
    table.put(
        old.handle(),
        new Slot.Moved(new Forward(token.handle(), options.aliasUntil()), options.deadline()));
    table.makeRoom(now);
    table.put(token.handle(), new Slot.Kept(written, attributes, options.deadline(), root, now));
    return Written.stored(token.text());
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    return loaded
        .map(SessionTokens::of)
        .or(() -> tokens.parse(token))
        .filter(this::end)
        .isPresent();
  }

  private boolean end(Token name) {
    return table.locked(() -> table.remove(current(name.handle())) instanceof Slot.Kept);
  }

  /** The name that a session has now, however long ago it had this one. */
  private String current(String handle) {
    String name = handle;
    while (table.get(name).orElse(null) instanceof Slot.Moved moved) {
      name = moved.forward().handle();
    }
    return name;
  }

  @Override
  public Page page(String principalId, Optional<String> from, int most, Instant now) {
    return table.locked(
        () -> {
          List<SessionPages.Place> places =
              table.of(principalId).stream()
                  .filter(entry -> entry.getValue().isLive(now))
                  .map(e -> new SessionPages.Place(e.getValue().signedIn(), e.getKey()))
                  .toList();
          return SessionPages.cut(
              places,
              from,
              most,
              handles -> handles.stream().flatMap(handle -> info(handle).stream()).toList());
        });
  }

  private Optional<SessionInfo> info(String handle) {
    return table
        .get(handle)
        .filter(Slot.Kept.class::isInstance)
        .map(Slot.Kept.class::cast)
        .map(slot -> new SessionInfo(handle, slot.envelope(), slot.seen(), slot.deadline()));
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    return table.locked(
        () -> {
          String current = current(handle);
          return end(
                  principalId,
                  entry -> entry.getKey().equals(current) || entry.getValue().root().equals(handle),
                  now)
              > 0;
        });
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return table.locked(
        () -> {
          String kept = current(except.orElse(""));
          return end(principalId, entry -> !entry.getKey().equals(kept), now);
        });
  }

  private int end(String principalId, Predicate<Map.Entry<String, Slot.Kept>> which, Instant now) {
    int live = 0;
    for (Map.Entry<String, Slot.Kept> entry : table.of(principalId)) {
      if (which.test(entry)) {
        table.remove(entry.getKey());
        live += entry.getValue().isLive(now) ? 1 : 0;
      }
    }
    return live;
  }

  @Override
  public int changeRoles(String principalId, Set<String> roles, Instant now) {
    return table.locked(
        () -> {
          int changed = 0;
          for (Map.Entry<String, Slot.Kept> entry : table.of(principalId)) {
            Slot.Kept slot = entry.getValue();
            Envelope envelope = slot.envelope().withRoles(roles);
            if (slot.isLive(now) && !envelope.equals(slot.envelope())) {
              table.put(entry.getKey(), slot.with(envelope));
              changed++;
            }
          }
          return changed;
        });
  }

  @Override
  public SessionCensus stats(Instant now) {
    return table.locked(
        () -> {
          long signedIn =
              table.sessions().filter(s -> s.isLive(now) && s.person().isPresent()).count();
          long live = table.sessions().filter(s -> s.isLive(now)).count();
          return new SessionCensus(signedIn, live - signedIn);
        });
  }

  @Override
  public long purge(Instant now) {
    return table.locked(
        () -> {
          long live = table.sessions().filter(s -> s.isLive(now)).count();
          table.clear();
          return live;
        });
  }

  @Override
  public void reportTo(SessionListener listener) {
    this.listener = listener;
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }
}
