// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Observation;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The handler behind the cache, for one request: what it is asked, and where its answer goes. */
final class Handling<E> {
  private final Inquiry<E> inquiry;
  private final PageAnswer answer;
  private final PageHandler<E> handler;
  private final Responder responder;
  private final Observation<Outcome> observation;

  Handling(
      Inquiry<E> inquiry,
      PageAnswer answer,
      PageHandler<E> handler,
      Observation<Outcome> observation) {
    this.inquiry = inquiry;
    this.answer = answer;
    this.handler = handler;
    this.observation = observation;
    this.responder = new Responder(inquiry, answer, observation);
  }

  Inquiry<E> inquiry() {
    return inquiry;
  }

  PageHandler<E> handler() {
    return handler;
  }

  Responder responder() {
    return responder;
  }

  /** What is told of this request. */
  Observation<Outcome> observation() {
    return observation;
  }

  /**
   * @param keyed what the handler sees; null if it sees all of the request
   */
  HeldRender render(Variant variant, @Nullable KeyedRequest keyed, HeldRender.Fate fate) {
    return new HeldRender(inquiry, answer, variant, responder, keyed, fate);
  }

  /** Runs the handler; if it throws, whoever answers in its stead finds the status set. */
  Optional<String> run(HeldRender render, Outcome ifFails) throws IOException {
    try {
      observation.watchRender(() -> handler.handle(render));
      return render.finish();
    } catch (Throwable e) { // Also what handlers in other languages throw without saying so.
      if (render.wasClosedWhole() && !inquiry.request().isOver()) {
        render.leaves(); // What failed came after the answer, which the client would have by now.
        endConnectionLike(render);
        responder.send(render.ownAnswer(), ifFails);
      } else {
        responder.announce(ifFails);
      }
      throw e;
    }
  }

  /** What a handler says about its connection holds for the one it answered on. */
  void endConnectionLike(HeldRender render) {
    if (render.fields().members("Connection").stream().anyMatch("close"::equalsIgnoreCase)) {
      answer.set("Connection", "close");
    }
  }
}
