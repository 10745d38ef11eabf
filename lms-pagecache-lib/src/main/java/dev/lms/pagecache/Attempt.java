// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Observation;
import dev.lms.pagecache.engine.Validation;
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
  private final Handling<E> handling;
  private final @Nullable PageAudit<E> audit;
  private final Inquiry<E> inquiry;
  private final Inquiry.Declared<E> declared;
  private final PageCache cache;
  private final Judge<E> judge;
  private @Nullable HeldRender render;
  private Optional<String> fault = Optional.empty();
  private @Nullable Page confirmed;

  /**
   * @param audit looks at what is about to be stored; null for none
   */
  Attempt(Handling<E> handling, @Nullable PageAudit<E> audit) {
    this.handling = handling;
    this.audit = audit;
    this.inquiry = handling.inquiry();
    this.declared = inquiry.declared();
    this.cache = declared.cache();
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

  @Override
  public boolean rendersLater() {
    return handling.handler().runsAgain();
  }

  @Override
  public Observation<Outcome> observation() {
    return handling.observation();
  }

  @Override
  public Result render(PageKey key, Optional<Page> stale, Runnable nothingToShare)
      throws IOException {
    Optional<Validation> validation =
        rendersLater() ? stale.flatMap(this::validationOf) : Optional.empty();
    Judge.Taken taken = ask(key, validation, false, nothingToShare);
    if (validation.isEmpty() || taken.render().status() != 304 || fault.isPresent()) {
      return judged(key, taken);
    }
    if (isBelieved(key, validation.get(), taken)) {
      return confirm(key, validation.get(), taken);
    }
    // What was read about the person on the way counts for what is rendered now.
    return judged(key, ask(key, Optional.empty(), taken.readPersonal(), nothingToShare));
  }

  private Result judged(PageKey key, Judge.Taken taken) {
    Result rendering = judge.judge(key, taken);
    if (audit != null && rendering instanceof Storable storable) {
      audit.look(handling, key, storable);
    }
    return rendering;
  }

  private Judge.Taken ask(
      PageKey key, Optional<Validation> validation, boolean readBefore, Runnable nothingToShare)
      throws IOException {
    Instant started = cache.clock().instant();
    long reads = declared.personalReads(inquiry.exchange());
    HeldRender.Fate fate =
        new HeldRender.Fate() {
          @Override
          public Optional<Reason> objection(HeldRender begun) {
            boolean readPersonal = readBefore || readPersonal(begun, reads);
            return judge.objection(
                key, new Judge.Taken(begun, received(started), facts(key, begun, readPersonal)));
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
    HeldRender now = handling.render(Variant.of(key), keyed, fate);
    render = now;
    try {
      fault = handling.run(now, missed(key, Reason.ABORTED));
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
    return new Judge.Taken(now, received(started), facts);
  }

  private Received received(Instant started) {
    return new Received(inquiry.fields(), started, cache.clock().instant());
  }

  private boolean readPersonal(HeldRender now, long readsBefore) {
    return now.readPeer()
        || !declared.countsPersonalReads()
        || declared.personalReads(inquiry.exchange()) != readsBefore;
  }

  private Set<Fact> facts(PageKey key, HeldRender now, boolean readPersonal) {
    Set<Fact> facts = EnumSet.noneOf(Fact.class);
    if (fault.isPresent()) {
      facts.add(Fact.CUT_SHORT);
    }
    if (now.isUnderWay() && now.objection().isEmpty()) {
      facts.add(Fact.TOO_LONG);
    }
    if (now.isAnsweredElsewhere()) {
      facts.add(Fact.ANSWERED_ELSEWHERE);
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
  private static boolean isBelieved(PageKey key, Validation validation, Judge.Taken taken) {
    Fields notModified = taken.render().lastingFields();
    return validation.isAnsweredBy(notModified)
        && !taken.facts().contains(Fact.ASKER_CHANGED)
        && (!taken.readPersonal()
            || Variant.Kind.of(key) == Variant.Kind.USER
            || validation.namesEveryByte(notModified));
  }

  private Result confirm(PageKey key, Validation validation, Judge.Taken taken) {
    Answer answer = validation.confirmedBy(taken.render().lastingFields());
    Set<String> tags = validation.tags(key, taken.render().fields().members("Cache-Tag"));
    Result rendering =
        judge.judge(
            key, taken, new Judge.Candidate(answer.status(), answer.fields(), tags, () -> answer));
    if (rendering instanceof Passed) {
      confirmed =
          Page.of(answer, key, tags, taken.received().askedAt(), Duration.ZERO, Duration.ZERO);
    }
    return rendering;
  }
}
