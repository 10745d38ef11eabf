// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.RequestPolicy;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: past the cache, or through lookup, flight, render and judge to its
 * answer.
 */
final class Visit<E> {
  private final Handling<E> handling;
  private final @Nullable PageAudit<E> audit;
  private final Inquiry<E> inquiry;
  private final PageCache cache;
  private final PageHandler<E> handler;
  private final Responder responder;

  /**
   * @param audit looks at what is about to be stored; null for none
   */
  Visit(Handling<E> handling, @Nullable PageAudit<E> audit) {
    this.handling = handling;
    this.audit = audit;
    this.inquiry = handling.inquiry();
    this.cache = inquiry.declared().cache();
    this.handler = handling.handler();
    this.responder = handling.responder();
  }

  Outcome bypass(Variant variant, Reason reason) throws IOException {
    String route = inquiry.named().route();
    inquiry
        .declared()
        .explanations()
        .ifPresent(
            listener ->
                listener.accept(
                    Explanation.bypass(
                        route, inquiry.asker(), RequestPolicy.explain(inquiry.asked()), reason)));
    return pass(variant, cache.counters().bypass(route, variant.kind(), reason));
  }

  /** Past the cache: the answer streams through, unless it has holes to fill. */
  private Outcome pass(Variant variant, Outcome outcome) throws IOException {
    HeldRender render = handling.render(variant, null, new Passing(outcome));
    Optional<String> fault = handling.run(render, outcome);
    if (render.isHeld()) {
      purgeWhatChanged(render);
    }
    send(render, fault, outcome);
    return outcome;
  }

  /** What becomes of an answer that goes past the cache. */
  private final class Passing implements HeldRender.Fate {
    private final Outcome outcome;

    Passing(Outcome outcome) {
      this.outcome = outcome;
    }

    @Override
    public Optional<Reason> objection(HeldRender begun) {
      return outcome.reason();
    }

    @Override
    public Outcome streams(HeldRender begun) {
      purgeWhatChanged(begun);
      return outcome;
    }
  }

  private void purgeWhatChanged(HeldRender render) {
    PageRequest request = inquiry.request();
    if (!Invalidation.isSafe(request.method())) {
      E asGet = handler.showing(new AsGet(request));
      new Invalidation(cache)
          .after(request, render.status(), render.fields(), inquiry.declared().ruleOf(asGet));
    }
  }

  /** Sends what was held back, if it is whole. */
  private void send(HeldRender render, Optional<String> fault, Outcome outcome) throws IOException {
    if (fault.isPresent()) {
      responder.announce(outcome);
      throw new IOException(fault.get());
    }
    if (render.isHeld()) {
      handling.endConnectionLike(render);
      responder.send(render.ownAnswer(), outcome);
    }
  }

  Outcome cached() throws IOException {
    Variant variant = inquiry.variant();
    PageKey key = inquiry.key(variant);
    Asker asker = inquiry.asker().orElseThrow();
    PresentedRequest presented = inquiry.presented();
    if (inquiry.request().method().equals("HEAD")) {
      return storedOrPassed(key, cache.peek(key, asker, presented));
    }
    if (presented.acceptsOnlyStored()) {
      return onlyStored(cache.peek(key, asker, presented));
    }
    if (asker.assumed()) {
      return storedOrPassed(key, cache.peek(key, asker, presented));
    }
    if (inquiry.wantsLessThanAll()) {
      Optional<Reason> notStored = cache.whyNotStored(key, asker, presented);
      if (notStored.isPresent()) {
        return pass(variant, cache.counters().bypass(key.route(), variant.kind(), notStored.get()));
      }
    }
    Attempt<E> attempt = new Attempt<>(handling, audit);
    Outcome outcome = cache.get(key, asker, presented, attempt);
    attempt.render().ifPresent(handling::endConnectionLike);
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
      if (outcome.source() == Outcome.Source.STALE && handler.runsAgain()) {
        revalidate(key, outcome.page().get());
      }
    } else if (attempt.confirmed().isPresent()) {
      send(attempt.confirmed().get(), outcome);
    } else {
      send(attempt.render().orElseThrow(), attempt.fault(), outcome);
    }
    return outcome;
  }

  private void send(Page page, Outcome outcome) throws IOException {
    long bytes = responder.send(page, outcome);
    cache.counters().sent(inquiry.named().route(), outcome, bytes);
  }

  /** After the answer, so that nothing of it is still being worked on. */
  private void revalidate(PageKey key, Page stale) {
    Set<String> keyed = new HashSet<>(inquiry.rule().headers());
    stale
        .unwrap(Answer.class)
        .fields()
        .members("Vary")
        .forEach(name -> keyed.add(name.toLowerCase(Locale.ROOT)));
    PageRequest later = new LaterRequest(inquiry.request(), keyed);
    Inquiry<E> again =
        new Inquiry<>(
            inquiry.declared(),
            handler.showing(later),
            later,
            inquiry.named(),
            Optional.of(Asker.ANONYMOUS));
    cache.revalidate(
        key,
        new PresentedRequest(inquiry.rule(), again.fields()),
        new Attempt<>(
            new Handling<>(
                again,
                new LaterRequest.Nowhere(),
                handler,
                cache.counters().inBackground(inquiry.named().route())),
            audit));
  }

  /** What is stored, or else a render that neither is stored nor answers anybody else. */
  private Outcome storedOrPassed(PageKey key, Outcome outcome) throws IOException {
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
      return outcome;
    }
    return pass(Variant.of(key), outcome);
  }

  /** RFC 9111 section 5.2.1.7. */
  private Outcome onlyStored(Outcome outcome) throws IOException {
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
    } else {
      responder.announce(outcome);
      responder.sendWithoutBody(504);
    }
    return outcome;
  }

  /** A request as if it were a GET, to find out what a route declares about its pages. */
  private record AsGet(PageRequest request) implements PageRequest {
    @Override
    public String method() {
      return "GET";
    }

    @Override
    public URI target() {
      return request.target();
    }

    @Override
    public List<String> lines(String name) {
      return request.lines(name);
    }

    @Override
    public Map<String, List<String>> fields() {
      return request.fields();
    }
  }
}
