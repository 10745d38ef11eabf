// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.policy.Fact;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.Received;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The render of a page that may become a stored one: what the handler is asked, and answers. */
final class Attempt<E> implements Renderer {
  private final Visit<E> visit;
  private final Inquiry<E> inquiry;
  private final PageService<E> service;
  private final PageCache cache;
  private final Judge<E> judge;
  private @Nullable HeldRender render;
  private Optional<String> fault = Optional.empty();
  private @Nullable Page confirmed;

  Attempt(Visit<E> visit) {
    this.visit = visit;
    this.inquiry = visit.inquiry();
    this.service = inquiry.service();
    this.cache = service.cache();
    this.judge = new Judge<>(inquiry);
  }

  /** The last run of the handler; empty if there was none. */
  Optional<HeldRender> render() {
    return Optional.ofNullable(render);
  }

  /** What is wrong with the answer of that run, if it cannot be sent. */
  Optional<String> fault() {
    return fault;
  }

  /** What the client gets if the handler confirmed the stored page and it is not stored again. */
  Optional<Page> confirmed() {
    return Optional.ofNullable(confirmed);
  }

  /**
   * An answer of the handler.
   *
   * @param render where it answered
   * @param facts what happened meanwhile
   */
  record Taken(HeldRender render, Received received, Set<Fact> facts) {
    boolean readPersonal() {
      return facts.contains(Fact.READ_PERSON);
    }
  }

  @Override
  public Rendering render(PageKey key, Optional<Page> stale, Runnable nothingToShare)
      throws IOException {
    Optional<Validation> validation = stale.flatMap(this::validationOf);
    Taken taken = ask(key, validation, false, nothingToShare);
    if (validation.isEmpty() || taken.render().status() != 304 || fault.isPresent()) {
      return judged(key, taken);
    }
    if (isBelieved(key, validation.get(), taken)) {
      return confirm(key, validation.get(), taken);
    }
    // What was read about the person on the way counts for what is rendered now.
    return judged(key, ask(key, Optional.empty(), taken.readPersonal(), nothingToShare));
  }

  private Rendering judged(PageKey key, Taken taken) {
    Rendering rendering = judge.judge(key, taken);
    PageAudit<E> audit = service.audit();
    if (audit != null && rendering instanceof Storable storable) {
      audit.look(visit, key, storable);
    }
    return rendering;
  }

  private Taken ask(
      PageKey key, Optional<Validation> validation, boolean readBefore, Runnable nothingToShare)
      throws IOException {
    Instant started = cache.clock().instant();
    long reads = service.personalReads(inquiry.exchange());
    Visit.Fate fate =
        new Visit.Fate() {
          @Override
          public Optional<Reason> objection(HeldRender begun) {
            boolean readPersonal = readBefore || readPersonal(begun, reads);
            return judge.objection(
                key, new Taken(begun, received(started), facts(key, begun, readPersonal)));
          }

          @Override
          public Outcome streams(HeldRender begun) {
            nothingToShare.run();
            return missed(key, begun.objection().orElse(Reason.SIZE));
          }
        };
    KeyedRequest keyed =
        new KeyedRequest(
            inquiry.request(),
            key,
            inquiry.keyedHeaders(),
            validation.map(Validation::conditions).orElse(Map.of()),
            inquiry.rule().profile());
    HeldRender now = visit.render(Variant.of(key), keyed, fate);
    render = now;
    try {
      fault = visit.run(now, missed(key, Reason.ABORTED));
    } catch (IOException | RuntimeException e) {
      if (!now.isUnderWay() || !inquiry.request().isOver()) {
        throw e;
      } // The handler was told to stop, and that is no failure of its.
    }
    // Before who is asking is looked up once more: that is no read of the handler's.
    boolean readPersonal = readBefore || readPersonal(now, reads);
    boolean sameAsker = inquiry.isStillOfTheSameAsker();
    Set<Fact> facts = facts(key, now, readPersonal);
    if (!sameAsker) {
      facts.add(Fact.ASKER_CHANGED);
    }
    return new Taken(now, received(started), facts);
  }

  private Received received(Instant started) {
    return new Received(inquiry.fields(), started, cache.clock().instant());
  }

  private boolean readPersonal(HeldRender now, long readsBefore) {
    return now.readPeer()
        || !service.countsPersonalReads()
        || service.personalReads(inquiry.exchange()) != readsBefore;
  }

  private Set<Fact> facts(PageKey key, HeldRender now, boolean readPersonal) {
    Set<Fact> facts = EnumSet.noneOf(Fact.class);
    if (fault.isPresent()) {
      facts.add(Fact.CUT_SHORT);
    }
    if (now.isUnderWay() && now.objection().isEmpty()) {
      facts.add(Fact.TOO_LONG);
    }
    if (readPersonal) {
      facts.add(Fact.READ_PERSON);
    }
    if (now.readUnkeyed()) {
      facts.add(Fact.READ_UNKEYED);
    }
    if (inquiry.isOfAStranger()) {
      facts.add(Fact.STRANGER_ASKED);
    }
    if (Variant.Kind.of(key) == Variant.Kind.USER) {
      facts.add(Fact.FOR_ONE_PERSON);
    }
    return facts;
  }

  private static Outcome missed(PageKey key, Reason reason) {
    return Outcome.passed(Outcome.Source.MISS, Variant.Kind.of(key), Optional.empty(), reason);
  }

  private Optional<Validation> validationOf(Page stale) {
    if (!inquiry.named().followsRfc9111()) {
      return Optional.empty();
    }
    boolean credentials =
        inquiry.fields().has("Authorization") && !inquiry.rule().publicDespiteAuthorization();
    return Validation.about(stale, credentials);
  }

  /**
   * Whether the stored page is what the handler would have rendered, going by its 304. The page was
   * rendered for others of the same variant; where the handler looked at this person, only a tag
   * that names every byte tells that they would have been shown the same.
   */
  private static boolean isBelieved(PageKey key, Validation validation, Taken taken) {
    Fields notModified = taken.render().lastingFields();
    return validation.isAnsweredBy(notModified)
        && !taken.facts().contains(Fact.ASKER_CHANGED)
        && (!taken.readPersonal()
            || Variant.Kind.of(key) == Variant.Kind.USER
            || validation.namesEveryByte(notModified));
  }

  private Rendering confirm(PageKey key, Validation validation, Taken taken) {
    Answer answer = validation.confirmedBy(taken.render().lastingFields());
    Set<String> tags = validation.tags(key, taken.render().fields().members("Cache-Tag"));
    Rendering rendering =
        judge.judge(
            key, taken, new Judge.Candidate(answer.status(), answer.fields(), tags, () -> answer));
    if (rendering instanceof Passed) {
      confirmed =
          Page.of(answer, key, tags, taken.received().askedAt(), Duration.ZERO, Duration.ZERO);
    }
    return rendering;
  }
}
