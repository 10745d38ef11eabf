// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.policy.Fact;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.Received;
import dev.lms.pagecache.policy.Rendered;
import dev.lms.pagecache.policy.RequestPolicy;
import dev.lms.pagecache.policy.StoragePolicy;
import dev.lms.pagecache.policy.Verdict;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The step after a render: may what came out be stored, for whom, how long; and if not, why. */
final class Judge<E> {
  private static final String EVENT_STREAM = "text/event-stream";

  private final Inquiry<E> inquiry;

  Judge(Inquiry<E> inquiry) {
    this.inquiry = inquiry;
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

  /**
   * What may be stored.
   *
   * @param tags of the handler
   * @param answer made only if it is stored
   */
  record Candidate(int status, Fields fields, Set<String> tags, Supplier<Answer> answer) {}

  /**
   * What keeps an answer that has just begun from being stored, whatever comes: what is known by
   * now only gets worse. A failure is no such reason, as a stale page may stand in for it.
   */
  Optional<Reason> objection(PageKey key, Taken begun) {
    HeldRender render = begun.render();
    if (render.status() == 200 && isEventStream(render.fields())) {
      return Optional.of(Reason.SIZE); // It grows until somebody leaves.
    }
    Verdict verdict = StoragePolicy.judge(rendered(begun, candidate(render)));
    return verdict instanceof Verdict.Pass pass && pass.reason() != Reason.ERROR
        ? Optional.of(pass.reason())
        : Optional.empty();
  }

  private static boolean isEventStream(Fields fields) {
    return fields
        .first("Content-Type")
        .filter(type -> type.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length()))
        .isPresent();
  }

  private static Candidate candidate(HeldRender render) {
    return new Candidate(
        render.status(),
        render.fields(),
        Set.copyOf(render.fields().members("Cache-Tag")),
        render::storable);
  }

  /** What the handler answered. */
  Renderer.Result judge(PageKey key, Taken taken) {
    return judge(key, taken, candidate(taken.render()));
  }

  /** What the handler answered, or has confirmed. */
  Renderer.Result judge(PageKey key, Taken taken, Candidate candidate) {
    HeldRender render = taken.render();
    Rendered rendered = rendered(taken, candidate);
    Verdict verdict =
        render.isUnderWay() && render.objection().isPresent()
            ? new Verdict.Pass(render.objection().get())
            : StoragePolicy.judge(rendered);
    PageKey own = own(key, verdict);
    Set<String> tags = tags(candidate);
    inquiry
        .declared()
        .explanations()
        .ifPresent(
            to ->
                to.accept(
                    Explanation.render(
                        inquiry.asker(),
                        own,
                        RequestPolicy.explain(inquiry.asked()),
                        StoragePolicy.explain(rendered),
                        tags,
                        verdict)));
    if (verdict instanceof Verdict.Store store) {
      return new Renderer.Storable(page(own, candidate, tags, taken.received(), store), own);
    }
    return new Renderer.Passed(((Verdict.Pass) verdict).reason());
  }

  private Page page(
      PageKey own, Candidate candidate, Set<String> tags, Received received, Verdict.Store store) {
    return Page.of(
        candidate.answer().get(),
        own,
        tags,
        store.age().map(received.cameAt()::minus).orElse(received.askedAt()),
        inquiry.declared().spread(store.ttl(), inquiry.rule()),
        store.keptStale());
  }

  /** A page that turned out to be one person's has that person's key. */
  private PageKey own(PageKey key, Verdict verdict) {
    return verdict instanceof Verdict.Store store && store.reach() == Verdict.Reach.ONE_PERSON
        ? key.withVariant(Variant.user(inquiry.asker().orElseThrow()).text())
        : key;
  }

  private Rendered rendered(Taken taken, Candidate candidate) {
    return new Rendered(
        inquiry.rule().terms(),
        candidate.status(),
        candidate.fields(),
        tags(candidate).size(),
        taken.facts(),
        taken.received());
  }

  private Set<String> tags(Candidate candidate) {
    Set<String> all = new HashSet<>(inquiry.rule().tags());
    all.addAll(candidate.tags());
    return all;
  }
}
