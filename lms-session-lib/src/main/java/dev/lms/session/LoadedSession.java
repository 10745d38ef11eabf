// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.TokenHeader.AnswerField;
import dev.lms.session.passport.Passport;
import dev.lms.session.passport.PassportCookie;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a request's tokens open, asked for once; and the token that its answer hands out. */
final class LoadedSession {
  private final Site site;
  private final OutagePolicy policy;
  private final Optional<TokenHeader> header;
  private final PassportCookie papers;
  private List<String> tokens;
  private int answered;
  private boolean loaded;
  private @Nullable StoredSession stored;
  private @Nullable SessionStoreException outage;
  private @Nullable SessionStoreException failure;
  private @Nullable Passport passport;
  private @Nullable AnswerField answerField;
  private long uses;

  /**
   * Creates what is asked for when it is needed.
   *
   * @param header where the tokens came from and go to; empty for the cookie
   */
  LoadedSession(
      Site site,
      List<String> tokens,
      Optional<TokenHeader> header,
      PassportCookie papers,
      OutagePolicy policy) {
    this.site = site;
    this.tokens = tokens;
    this.header = header;
    this.papers = papers;
    this.policy = policy;
  }

  @Nullable StoredSession load() {
    uses++;
    if (failure != null) {
      throw failure; // One wait for a silent store is enough for a request.
    }
    if (!loaded) {
      try {
        stored = find();
      } catch (SessionStoreException e) {
        passport = policy.takesPassports() && e.isOutage() ? passport() : null;
        if (passport == null && !policy.letsStrangersIn()) {
          failure = e.isOutage() ? e : null;
          throw e;
        }
        outage = e;
        stored = null;
      }
      loaded = true;
    }
    return stored;
  }

  /** Of a session that the store has not answered for: its word is the last. */
  private @Nullable Passport passport() {
    List<String> handles = new ArrayList<>();
    for (String token : tokens.subList(answered, tokens.size())) {
      site.store().handle(token).ifPresent(handles::add);
    }
    Optional<Passport> shown = papers.with(handles, site.now());
    shown.ifPresent(
        valid ->
            site.events().onPassport(new SessionEvent(valid.handle(), Optional.of(valid.id()))));
    return shown.orElse(null);
  }

  /** Whether the request goes on as a person who was not looked up. */
  boolean isOnPassport() {
    return passport != null;
  }

  Optional<Principal> personOnPassport() {
    return Optional.ofNullable(passport).map(valid -> new Principal(valid.id(), valid.roles()));
  }

  /** A stand-in for a session that was not seen must not replace it. */
  void failInOutage() {
    if (outage != null) {
      throw new SessionStoreException(
          "a request that the store was not asked about cannot change its session", outage);
    }
  }

  /** Old ids beside one that opens the session are no theft: whoever sent them needs none. */
  private @Nullable StoredSession find() {
    Map<String, Opened.Reused> reuses = new LinkedHashMap<>();
    answered = 0;
    for (String token : tokens) {
      Opened opened = site.store().open(token, site.now());
      answered++;
      if (opened instanceof Opened.Live found) {
        if (isAlive(found.session())) {
          return found.session();
        }
        site.events().ended(SessionEvent.of(found.session()), EndReason.EXPIRED);
      } else if (opened instanceof Opened.Reused reused) {
        reuses.put(token, reused);
      }
    }
    reuses.forEach(this::reused);
    papers.forget();
    return null;
  }

  /** An id was used after its rotation; the rule says what becomes of the session. */
  private void reused(String token, Opened.Reused reuse) {
    boolean ends = site.rotation().reuseEndsSession();
    SessionEvent session = new SessionEvent(reuse.handle(), Optional.empty());
    site.events().reused(session, ends);
    if (ends && site.store().delete(token, Optional.empty(), site.now())) {
      site.events().ended(session, EndReason.REUSED);
    }
  }

  /** The absolute deadline has a MAC in every store; the other one may have been tampered with. */
  private boolean isAlive(StoredSession found) {
    Instant now = site.now();
    return found.deadline().isAfter(now) && found.envelope().absoluteDeadline().isAfter(now);
  }

  /** What was loaded; asks no store. */
  @Nullable StoredSession peek() {
    return stored;
  }

  /** Whether a commit without changes has a session to touch. */
  boolean isKnown() {
    return loaded && stored != null;
  }

  boolean isInOutage() {
    return outage != null;
  }

  boolean isInHeader() {
    return header.isPresent();
  }

  Optional<String> setCookie() {
    return Optional.ofNullable(answerField).filter(AnswerField::isCookie).map(AnswerField::value);
  }

  /** The session's first. */
  List<AnswerField> answerFields() {
    Optional<AnswerField> passport = papers.setCookie().map(AnswerField::cookie);
    if (answerField == null) {
      return passport.map(List::of).orElse(List.of());
    }
    return passport.isPresent() ? List.of(answerField, passport.get()) : List.of(answerField);
  }

  /** Has the browser forget its passport. */
  void forgetPassport() {
    papers.forget();
  }

  /**
   * Has the browser send a new passport. Only to be called after the store has acknowledged the
   * session.
   *
   * @param token what the browser sends from now on
   * @param deadline when the session ends
   */
  void issuePassport(String token, Envelope envelope, Instant deadline) {
    Optional<Principal> person = envelope.principal();
    if (!papers.areIssued() || person.isEmpty()) {
      return;
    }
    site.store()
        .handle(token)
        .map(handle -> new Passport(handle, person.get().id(), person.get().roles(), deadline))
        .ifPresent(issued -> papers.renew(issued, site.now()));
  }

  long uses() {
    return uses;
  }

  void use() {
    uses++;
  }

  Optional<String> handle() {
    Optional<String> known = Optional.ofNullable(load()).map(StoredSession::handle);
    return known.or(() -> Optional.ofNullable(passport).map(Passport::handle));
  }

  /** Whose session the store holds; whoever asks is about to change something of theirs. */
  Optional<Principal> principal() {
    StoredSession current = load();
    failInOutage();
    return current == null ? Optional.empty() : current.envelope().principal();
  }

  /** Whether somebody else is signed in. */
  boolean isOfAnother(Principal person) {
    return Optional.ofNullable(load())
        .flatMap(session -> session.envelope().principal())
        .filter(other -> !other.id().equals(person.id()))
        .isPresent();
  }

  /** Ends the session in the store, and has the client forget it. */
  void end() {
    papers.forget(); // Also if the store cannot be told.
    StoredSession current = load();
    failInOutage();
    boolean ended = delete(current);
    forget();
    if (current != null && ended) {
      site.events().ended(SessionEvent.of(current), EndReason.SIGNED_OUT);
    }
  }

  /** Whether this ended anything: another request may have done it before. */
  private boolean delete(@Nullable StoredSession current) {
    boolean ended = false;
    for (String token : tokens) {
      Optional<StoredSession> known =
          Optional.ofNullable(current).filter(session -> session.token().equals(token));
      ended |= site.store().delete(token, known, site.now());
    }
    return ended;
  }

  /** Has the client forget what it sent; there is no session any more. */
  private void forget() {
    if (!tokens.isEmpty()) {
      answerField =
          header
              .map(TokenHeader::forgetting)
              .orElseGet(() -> AnswerField.cookie(site.cookie().deleting()));
    }
    tokens = List.of();
    stored = null;
    loaded = true;
  }

  /** After a write: what is stored is asked for again, unless it is known to be gone. */
  void written(boolean gone) {
    stored = null;
    loaded = gone;
  }

  /** Has the client send this token from now on. */
  void handOut(String token, Envelope envelope, Instant now) {
    tokens = List.of(token);
    loaded = false;
    answerField =
        header
            .map(field -> field.handingOut(token))
            .orElseGet(() -> AnswerField.cookie(cookie(token, envelope, now)));
  }

  private String cookie(String token, Envelope envelope, Instant now) {
    return site.cookie()
        .setting(
            token,
            Duration.between(now, envelope.absoluteDeadline()),
            envelope.permanentCookie().orElse(site.cookie().permanent()));
  }
}
