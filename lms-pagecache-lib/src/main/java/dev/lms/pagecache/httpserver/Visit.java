package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.Keys;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.Outcome;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PresentedRequest;
import dev.lms.pagecache.Renderer;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.HoleMarkers;
import dev.lms.pagecache.policy.Fact;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.Received;
import dev.lms.pagecache.policy.Rendered;
import dev.lms.pagecache.policy.RequestPolicy;
import dev.lms.pagecache.policy.StoragePolicy;
import dev.lms.pagecache.policy.Verdict;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One request on its way. */
final class Visit {
  /** RFC 9110 sections 13.1 and 14.2. */
  private static final List<RareField> OF_LESS_THAN_ALL =
      Stream.of("Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since")
          .map(RareField::named)
          .toList();

  private final Settings settings;
  private final PageCache cache;
  private final PageCacheFilter filter;
  private final HttpExchange outer;
  private final Filter.Chain chain;
  private final NamedRule named;
  private final Optional<Asker> asker;
  private final Responder responder;
  private boolean chainSpent;
  private @Nullable Fields requestFields;

  /**
   * @param named what the route of the request declares, and its name
   */
  Visit(
      Settings settings,
      PageCacheFilter filter,
      HttpExchange outer,
      Filter.Chain chain,
      NamedRule named,
      Optional<Asker> asker) {
    this.named = named;
    this.filter = filter;
    this.settings = settings;
    this.cache = settings.cache();
    this.outer = outer;
    this.chain = chain;
    this.asker = asker;
    this.responder =
        new Responder(
            outer,
            settings.fillers(),
            cache.clock(),
            named,
            asker.isPresent() && asker.get().isAnonymous());
  }

  void bypass(RequestPolicy.Asked request, Variant variant, Reason reason) throws IOException {
    settings
        .explanations()
        .ifPresent(
            listener ->
                listener.accept(
                    Explanation.bypass(
                        named.route(), asker, RequestPolicy.explain(request), reason)));
    pass(variant, cache.bypass(named.route(), variant.kind(), reason));
  }

  /** Past the cache: the answer streams through, unless it has holes to fill. */
  private void pass(Variant variant, Outcome outcome) throws IOException {
    RenderExchange render = exchange(variant, null, new Passing(outcome));
    Optional<String> fault = run(render, outcome);
    if (render.isHeld()) {
      purgeWhatChanged(render);
    }
    send(render, fault, outcome);
  }

  /** What becomes of an answer that goes past the cache. */
  private final class Passing implements RenderExchange.Fate {
    private final Outcome outcome;

    Passing(Outcome outcome) {
      this.outcome = outcome;
    }

    @Override
    public Optional<Reason> objection(RenderExchange begun) {
      return outcome.reason();
    }

    @Override
    public Outcome streams(RenderExchange begun) {
      purgeWhatChanged(begun);
      return outcome;
    }
  }

  private void purgeWhatChanged(RenderExchange render) {
    if (!Invalidation.isSafe(outer.getRequestMethod())) {
      new Invalidation(cache)
          .after(outer, render.getResponseCode(), render.getResponseHeaders(), filter.ofGet(outer));
    }
  }

  /** Sends what was held back, if it is whole. */
  private void send(RenderExchange render, Optional<String> fault, Outcome outcome)
      throws IOException {
    if (fault.isPresent()) {
      responder.announce(outcome);
      throw new IOException(fault.get());
    }
    if (render.isHeld()) {
      endConnectionLike(render);
      responder.send(render.ownAnswer(), outcome);
    }
  }

  /** What a handler says about its connection holds for the one it answered on. */
  private void endConnectionLike(RenderExchange render) {
    if (render.endsConnection()) {
      outer.getResponseHeaders().set("Connection", "close");
    }
  }

  private RenderExchange exchange(
      Variant variant, RenderExchange.@Nullable KeyedRequest keyed, RenderExchange.Fate fate) {
    return new RenderExchange(
        outer,
        variant,
        responder,
        new HoleMarkers(settings.random()),
        cache.maxPageBytes(),
        keyed,
        fate);
  }

  void cached(RequestPolicy.Asked request, Asker asker, PageRule declared) throws IOException {
    Variant variant = declared.audience().variantOf(asker);
    PageKey key = keyOf(declared, variant);
    PresentedRequest presented =
        new PresentedRequest(declared, requestFields(), settings.receiptOf(outer));
    if (outer.getRequestMethod().equals("HEAD")) {
      head(key, cache.peek(key, asker, presented));
      return;
    }
    if (presented.acceptsOnlyStored()) {
      onlyStored(cache.peek(key, asker, presented));
      return;
    }
    if (wantsLessThanAll()) {
      Optional<Reason> notStored = cache.whyNotStored(key, asker, presented);
      if (notStored.isPresent()) {
        pass(variant, cache.bypass(named.route(), variant.kind(), notStored.get()));
        return;
      }
    }
    Attempt attempt = new Attempt(request, asker, declared);
    Outcome outcome = cache.get(key, asker, presented, attempt);
    if (attempt.exchange != null) {
      endConnectionLike(attempt.exchange);
    }
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
      if (outcome.source() == Outcome.Source.STALE) {
        revalidate(key, request, outcome.page().get());
      }
    } else if (attempt.confirmed != null) {
      send(attempt.confirmed, outcome);
    } else {
      send(attempt.exchange(), attempt.fault, outcome);
    }
  }

  /** Whether the request has fields that a handler does not see where its answer may be stored. */
  private boolean wantsLessThanAll() {
    Headers headers = outer.getRequestHeaders();
    for (RareField field : OF_LESS_THAN_ALL) {
      if (field.isIn(headers)) {
        return true;
      }
    }
    return false;
  }

  private void send(Page page, Outcome outcome) throws IOException {
    cache.sent(named.route(), outcome, responder.send(page, outcome));
  }

  /** After the answer, so that nothing of it is still being worked on. */
  private void revalidate(PageKey key, RequestPolicy.Asked request, Page stale) {
    PageRule declared = named.rule().orElseThrow();
    Set<String> keyed = new HashSet<>(declared.headers());
    stale
        .answer()
        .fields()
        .members("Vary")
        .forEach(name -> keyed.add(name.toLowerCase(Locale.ROOT)));
    Visit later =
        new Visit(
            settings,
            filter,
            new InBackground(outer, keyed),
            chain,
            named,
            Optional.of(Asker.ANONYMOUS));
    cache.revalidate(
        key,
        new PresentedRequest(declared, later.requestFields()),
        later.new Attempt(request, Asker.ANONYMOUS, declared));
  }

  /** Only copied where they are looked at, and once. */
  private Fields requestFields() {
    Fields known = requestFields;
    if (known == null) {
      known = named.followsRfc9111() ? new Fields(outer.getRequestHeaders()) : Fields.NONE;
      requestFields = known;
    }
    return known;
  }

  private void head(PageKey key, Outcome outcome) throws IOException {
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
    } else {
      pass(Variant.of(key), outcome);
    }
  }

  /** RFC 9111 section 5.2.1.7. */
  private void onlyStored(Outcome outcome) throws IOException {
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
    } else {
      responder.announce(outcome);
      outer.sendResponseHeaders(504, -1);
      outer.close();
    }
  }

  private PageKey keyOf(PageRule declared, Variant variant) {
    return Keys.of(
        hostCounts() ? host() : "",
        outer.getRequestURI().getRawPath(),
        outer.getRequestURI().getRawQuery(),
        named,
        declared.headers().isEmpty() ? Fields.NONE : new Fields(outer.getRequestHeaders()),
        variant);
  }

  /** Where the answer decides, the whole URI does: nobody declared what it leaves out. */
  private boolean hostCounts() {
    return settings.multiHost() || named.followsRfc9111();
  }

  /** All lines, in case there are several: a handler may go by any of them. */
  private String host() {
    List<String> lines = outer.getRequestHeaders().get("Host");
    return lines == null ? "" : String.join("\n", lines).toLowerCase(Locale.ROOT);
  }

  /** Runs the handler; if it throws, whoever answers in its stead finds the status set. */
  private Optional<String> run(RenderExchange render, Outcome ifFails) throws IOException {
    Filter.Chain behind = chainSpent ? filter.behind(outer, chain) : chain;
    chainSpent = true;
    try {
      behind.doFilter(render.asItWas());
      return render.finish();
    } catch (Throwable e) { // Also what handlers in other languages throw without saying so.
      if (render.wasClosedWhole() && !(outer instanceof InBackground)) {
        render.leaves(); // What failed came after the answer, which the client would have by now.
        endConnectionLike(render);
        responder.send(render.ownAnswer(), ifFails);
      } else {
        responder.announce(ifFails);
      }
      throw e;
    }
  }

  /** The render of a page that may become a stored one. */
  private final class Attempt implements Renderer {
    private static final String EVENT_STREAM = "text/event-stream";

    private final RequestPolicy.Asked request;
    private final Asker asker;
    private final PageRule declared;
    private @Nullable RenderExchange exchange;
    private Optional<String> fault = Optional.empty();

    /** What the client gets if the handler confirmed the stored page and it is not stored again. */
    private @Nullable Page confirmed;

    Attempt(RequestPolicy.Asked request, Asker asker, PageRule declared) {
      this.request = request;
      this.asker = asker;
      this.declared = declared;
    }

    @Override
    public Rendering render(PageKey key, Optional<Page> stale, Runnable nothingToShare)
        throws IOException {
      Optional<Question> question = stale.flatMap(this::questionAbout);
      Answered rendered = ask(key, question, false, nothingToShare);
      if (question.isEmpty() || rendered.exchange().getResponseCode() != 304 || fault.isPresent()) {
        return judge(key, rendered);
      }
      if (isBelieved(key, question.get(), rendered)) {
        return confirm(key, question.get(), rendered);
      }
      // What was read about the person on the way counts for what is rendered now.
      return judge(key, ask(key, Optional.empty(), rendered.readPersonal(), nothingToShare));
    }

    /**
     * An answer of the handler.
     *
     * @param readPersonal whether it read or wrote something about the person
     * @param sameAsker whether the same person was asking when it was complete
     */
    private record Answered(
        RenderExchange exchange, Received received, boolean readPersonal, boolean sameAsker) {}

    private Answered ask(
        PageKey key, Optional<Question> question, boolean readBefore, Runnable nothingToShare)
        throws IOException {
      Instant started = cache.clock().instant();
      long reads = readsSoFar();
      RenderExchange.Fate fate =
          new RenderExchange.Fate() {
            @Override
            public Optional<Reason> objection(RenderExchange begun) {
              return Attempt.this.objection(
                  key,
                  new Answered(
                      begun, received(started), readBefore || readPersonal(begun, reads), true));
            }

            @Override
            public Outcome streams(RenderExchange begun) {
              nothingToShare.run();
              return missed(key, begun.objection().orElse(Reason.SIZE));
            }
          };
      RenderExchange render =
          Visit.this.exchange(
              Variant.of(key),
              RenderExchange.KeyedRequest.of(
                  outer,
                  key,
                  keyedHeaders(),
                  question.map(Question::conditions).orElse(Map.of()),
                  named.followsRfc9111()),
              fate);
      exchange = render;
      try {
        fault = run(render, missed(key, Reason.ABORTED));
      } catch (IOException | RuntimeException e) {
        if (!render.isUnderWay() || !(outer instanceof InBackground)) {
          throw e;
        } // The handler was told to stop, and that is no failure of its.
      }
      // Before who is asking is looked up once more: that is no read of the handler's.
      boolean readPersonal = readBefore || readPersonal(render, reads);
      return new Answered(
          render, received(started), readPersonal, settings.ask(outer).equals(Optional.of(asker)));
    }

    private Received received(Instant started) {
      return new Received(requestFields(), started, cache.clock().instant());
    }

    private boolean readPersonal(RenderExchange render, long readsBefore) {
      return render.readPeer() || settings.personalReads().isEmpty() || readsSoFar() != readsBefore;
    }

    /**
     * What keeps an answer that has just begun from being stored, whatever comes: what is known by
     * now only gets worse. A failure is no such reason, as a stale page may stand in for it.
     */
    private Optional<Reason> objection(PageKey key, Answered begun) {
      RenderExchange render = begun.exchange();
      if (render.getResponseCode() == 200 && isEventStream(render.fields())) {
        return Optional.of(Reason.SIZE); // It grows until somebody leaves.
      }
      Verdict verdict =
          StoragePolicy.judge(
              happened(
                  key,
                  begun,
                  render.getResponseCode(),
                  render.fields(),
                  withDeclared(Set.copyOf(render.tags()))));
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

    RenderExchange exchange() {
      if (exchange == null) {
        throw new IllegalStateException("There is neither a page nor an answer");
      }
      return exchange;
    }

    private Outcome missed(PageKey key, Reason reason) {
      return Outcome.passed(Outcome.Source.MISS, Variant.Kind.of(key), Optional.empty(), reason);
    }

    private Set<String> keyedHeaders() {
      Set<String> names = new HashSet<>(declared.headers());
      if (hostCounts()) {
        names.add("host");
      }
      return names;
    }

    private Optional<Question> questionAbout(Page stale) {
      if (!named.followsRfc9111()) {
        return Optional.empty();
      }
      boolean credentials =
          requestFields().has("Authorization") && !declared.publicDespiteAuthorization();
      return Question.about(stale, credentials);
    }

    /**
     * Whether the stored page is what the handler would have rendered, going by its 304. The page
     * was rendered for others of the same variant; where the handler looked at this person, only a
     * tag that names every byte tells that they would have been shown the same.
     */
    private boolean isBelieved(PageKey key, Question question, Answered rendered) {
      Fields notModified = rendered.exchange().lastingFields();
      return question.isAnsweredBy(notModified)
          && rendered.sameAsker()
          && (!rendered.readPersonal()
              || Variant.Kind.of(key) == Variant.Kind.USER
              || question.namesEveryByte(notModified));
    }

    private Rendering confirm(PageKey key, Question question, Answered rendered) {
      Answer answer = question.confirmedBy(rendered.exchange().lastingFields());
      Set<String> tags = question.tags(key, rendered.exchange().tags());
      Rendering rendering =
          judge(key, rendered, answer.status(), answer.fields(), tags, () -> answer);
      if (rendering instanceof Passed) {
        confirmed =
            Page.of(answer, key, tags, rendered.received().askedAt(), Duration.ZERO, Duration.ZERO);
      }
      return rendering;
    }

    private long readsSoFar() {
      return settings.personalReads().map(counter -> counter.applyAsLong(outer)).orElse(0L);
    }

    private Rendering judge(PageKey key, Answered rendered) {
      RenderExchange render = rendered.exchange();
      return judge(
          key,
          rendered,
          render.getResponseCode(),
          render.fields(),
          Set.copyOf(render.tags()),
          render::answer);
    }

    private Rendering judge(
        PageKey key,
        Answered rendered,
        int status,
        Fields fields,
        Set<String> tags,
        Supplier<Answer> answer) {
      Set<String> all = withDeclared(tags);
      Rendered happened = happened(key, rendered, status, fields, all);
      Verdict verdict =
          rendered.exchange().isUnderWay() && rendered.exchange().objection().isPresent()
              ? new Verdict.Pass(rendered.exchange().objection().get())
              : StoragePolicy.judge(happened);
      settings.explanations().ifPresent(to -> to.accept(explain(key, happened, all, verdict)));
      if (verdict instanceof Verdict.Store store) {
        PageKey own = own(key, store);
        return new Storable(
            Page.of(
                answer.get(),
                own,
                all,
                store
                    .age()
                    .map(rendered.received().cameAt()::minus)
                    .orElse(rendered.received().askedAt()),
                settings.spread(store.ttl(), declared),
                store.keptStale()),
            own);
      }
      return new Passed(((Verdict.Pass) verdict).reason());
    }

    private Set<String> withDeclared(Set<String> tags) {
      Set<String> all = new HashSet<>(declared.tags());
      all.addAll(tags);
      return all;
    }

    private PageKey own(PageKey key, Verdict verdict) {
      return verdict instanceof Verdict.Store store && store.reach() == Verdict.Reach.ONE_PERSON
          ? key.withVariant(Variant.user(asker).text())
          : key;
    }

    private Rendered happened(
        PageKey key, Answered rendered, int status, Fields fields, Set<String> tags) {
      RenderExchange render = rendered.exchange();
      Set<Fact> facts = EnumSet.noneOf(Fact.class);
      if (fault.isPresent()) {
        facts.add(Fact.CUT_SHORT);
      }
      if (render.isUnderWay() && render.objection().isEmpty()) {
        facts.add(Fact.TOO_LONG);
      }
      if (rendered.readPersonal()) {
        facts.add(Fact.READ_PERSON);
      }
      if (render.readUnkeyed()) {
        facts.add(Fact.READ_UNKEYED);
      }
      if (!rendered.sameAsker()) {
        facts.add(Fact.ASKER_CHANGED);
      }
      if (asker.isAnonymous()) {
        facts.add(Fact.STRANGER_ASKED);
      }
      if (Variant.Kind.of(key) == Variant.Kind.USER) {
        facts.add(Fact.FOR_ONE_PERSON);
      }
      return new Rendered(
          declared.terms(), status, fields, tags.size(), facts, rendered.received());
    }

    private Explanation explain(PageKey key, Rendered happened, Set<String> tags, Verdict verdict) {
      return Explanation.render(
          Optional.of(asker),
          own(key, verdict),
          RequestPolicy.explain(request),
          StoragePolicy.explain(happened),
          tags,
          verdict);
    }
  }
}
