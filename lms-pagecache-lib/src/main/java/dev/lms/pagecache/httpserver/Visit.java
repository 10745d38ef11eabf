package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Answer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.Fields;
import dev.lms.pagecache.HoleMarkers;
import dev.lms.pagecache.Outcome;
import dev.lms.pagecache.Page;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageKey;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PresentedRequest;
import dev.lms.pagecache.Reason;
import dev.lms.pagecache.Received;
import dev.lms.pagecache.Render;
import dev.lms.pagecache.Renderer;
import dev.lms.pagecache.StoragePolicy;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request on its way. */
final class Visit {
  private final Settings settings;
  private final PageCache cache;
  private final HttpExchange outer;
  private final Filter.Chain chain;
  private final NamedRule named;
  private final Optional<Asker> asker;
  private final Supplier<Optional<PageRule>> ofGet;
  private final Responder responder;

  /**
   * @param named what the route of the request declares, and its name
   * @param ofGet what the route of a GET of the same URI declares
   */
  Visit(
      Settings settings,
      HttpExchange outer,
      Filter.Chain chain,
      NamedRule named,
      Optional<Asker> asker,
      Supplier<Optional<PageRule>> ofGet) {
    this.named = named;
    this.ofGet = ofGet;
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

  void bypass(StoragePolicy.Request request, Variant variant, Reason reason) throws IOException {
    settings
        .explanations()
        .ifPresent(
            listener ->
                listener.accept(
                    Explanation.bypass(
                        named.route(), asker, StoragePolicy.explain(request), reason)));
    pass(variant, cache.bypass(named.route(), variant, reason));
  }

  /** Past the cache: the answer streams through, unless it has holes to fill. */
  private void pass(Variant variant, Outcome outcome) throws IOException {
    RenderExchange render = exchange(variant, null, outcome, this::purgeWhatChanged);
    Optional<String> fault = run(render, outcome);
    if (render.isHeld()) {
      purgeWhatChanged(render);
    }
    send(render, fault, outcome);
  }

  private void purgeWhatChanged(RenderExchange render) {
    if (!Invalidation.isSafe(outer.getRequestMethod())) {
      new Invalidation(cache)
          .after(outer, render.getResponseCode(), render.getResponseHeaders(), ofGet.get());
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
      responder.send(render.answer(), outcome);
    }
  }

  private RenderExchange exchange(
      Variant variant,
      RenderExchange.@Nullable KeyedRequest keyed,
      Outcome whenStreamed,
      Consumer<RenderExchange> beforeStreaming) {
    return new RenderExchange(
        outer,
        variant,
        responder,
        new HoleMarkers(settings.random()),
        cache.maxPageBytes(),
        keyed,
        whenStreamed,
        beforeStreaming);
  }

  void cached(StoragePolicy.Request request, Asker asker, PageRule declared) throws IOException {
    Variant variant = declared.audience().variantOf(asker);
    PageKey key = keyOf(declared, variant).ofRoute(named.route());
    PresentedRequest presented =
        new PresentedRequest(declared, requestFields(), settings.receiptOf(outer));
    if (outer.getRequestMethod().equals("HEAD")) {
      head(cache.peek(key, asker, presented));
      return;
    }
    if (presented.acceptsOnlyStored()) {
      onlyStored(cache.peek(key, asker, presented));
      return;
    }
    Attempt attempt = new Attempt(request, asker, declared);
    Outcome outcome = cache.get(key, asker, presented, attempt);
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
      if (outcome.source() == Outcome.Source.STALE) {
        revalidate(key, request, outcome.page().get());
      }
    } else {
      send(attempt.exchange(), attempt.fault, outcome);
    }
  }

  private void send(Page page, Outcome outcome) throws IOException {
    cache.sent(named.route(), outcome, responder.send(page, outcome));
  }

  /** After the answer, so that nothing of it is still being worked on. */
  private void revalidate(PageKey key, StoragePolicy.Request request, Page stale) {
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
            new InBackground(outer, keyed),
            chain,
            named,
            Optional.of(Asker.ANONYMOUS),
            Optional::empty);
    cache.revalidate(
        key,
        new PresentedRequest(declared, later.requestFields()),
        later.new Attempt(request, Asker.ANONYMOUS, declared));
  }

  /** Only copied where they are looked at. */
  private Fields requestFields() {
    return named.followsRfc9111() ? new Fields(outer.getRequestHeaders()) : Fields.NONE;
  }

  private void head(Outcome outcome) throws IOException {
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
    } else {
      pass(outcome.variant(), outcome);
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
    return PageKey.of(
        settings.multiHost() ? host() : "",
        outer.getRequestURI().getRawPath(),
        outer.getRequestURI().getRawQuery(),
        declared,
        declared.headers().isEmpty() ? Fields.NONE : new Fields(outer.getRequestHeaders()),
        variant);
  }

  private String host() {
    String host = outer.getRequestHeaders().getFirst("Host");
    return host == null ? "" : host.toLowerCase(Locale.ROOT);
  }

  /** Runs the handler; if it throws, whoever answers in its stead finds the status set. */
  private Optional<String> run(RenderExchange render, Outcome ifFails) throws IOException {
    try {
      chain.doFilter(render);
      return render.finish();
    } catch (IOException | RuntimeException | Error e) {
      responder.announce(ifFails);
      throw e;
    }
  }

  /** The render of a page that may become a stored one. */
  private final class Attempt implements Renderer {
    private final StoragePolicy.Request request;
    private final Asker asker;
    private final PageRule declared;
    private @Nullable RenderExchange exchange;
    private Optional<String> fault = Optional.empty();

    Attempt(StoragePolicy.Request request, Asker asker, PageRule declared) {
      this.request = request;
      this.asker = asker;
      this.declared = declared;
    }

    @Override
    public Rendering render(PageKey key, Optional<Page> stale, Runnable nothingToShare)
        throws IOException {
      RenderExchange render =
          Visit.this.exchange(
              key.variant(),
              RenderExchange.KeyedRequest.of(
                  outer, key, keyedHeaders(), validators(stale), named.followsRfc9111()),
              missed(key, Reason.SIZE),
              begun -> nothingToShare.run());
      exchange = render;
      Instant started = cache.clock().instant();
      long before = readsSoFar();
      fault = run(render, missed(key, Reason.ABORTED));
      boolean readPersonal = settings.personalReads().isEmpty() || readsSoFar() != before;
      Received received = new Received(requestFields(), started, cache.clock().instant());
      return judge(key, stale, render, received, readPersonal);
    }

    RenderExchange exchange() {
      if (exchange == null) {
        throw new IllegalStateException("There is neither a page nor an answer");
      }
      return exchange;
    }

    private Outcome missed(PageKey key, Reason reason) {
      return Outcome.passed(Outcome.Source.MISS, key.variant(), Optional.empty(), reason);
    }

    private Set<String> keyedHeaders() {
      Set<String> names = new HashSet<>(declared.headers());
      if (settings.multiHost()) {
        names.add("host");
      }
      return names;
    }

    /** What asks the handler whether the stored page is still valid (RFC 9111 section 4.3.1). */
    private Map<String, String> validators(Optional<Page> stale) {
      if (!named.followsRfc9111() || stale.isEmpty()) {
        return Map.of();
      }
      Fields stored = stale.get().answer().fields();
      Map<String, String> validators = new HashMap<>();
      stored.first("ETag").ifPresent(tag -> validators.put("If-None-Match", tag));
      stored.first("Last-Modified").ifPresent(date -> validators.put("If-Modified-Since", date));
      return validators;
    }

    private boolean isConfirmed(Page stored, RenderExchange render) {
      return render.getResponseCode() == 304 && !validators(Optional.of(stored)).isEmpty();
    }

    private long readsSoFar() {
      return settings.personalReads().map(counter -> counter.applyAsLong(outer)).orElse(0L);
    }

    private Rendering judge(
        PageKey key,
        Optional<Page> stale,
        RenderExchange render,
        Received received,
        boolean readPersonal) {
      Optional<Page> confirmed = stale.filter(page -> isConfirmed(page, render));
      Set<String> tags = new HashSet<>(declared.tags());
      tags.addAll(render.tags());
      Render happened =
          new Render(
              declared,
              asker,
              key.variant(),
              confirmed.map(page -> page.answer().status()).orElse(render.getResponseCode()),
              confirmed
                  .map(page -> page.refreshed(render.lastingFields()).fields())
                  .orElseGet(render::fields),
              tags,
              fault.isEmpty(),
              !render.isUnderWay(),
              readPersonal,
              render.readUnkeyed(),
              settings.ask(outer).equals(Optional.of(asker)),
              received);
      Verdict verdict = StoragePolicy.judge(happened);
      settings.explanations().ifPresent(to -> to.accept(explain(key, happened, verdict)));
      if (verdict instanceof Verdict.Store store) {
        Answer answer =
            confirmed.map(page -> page.refreshed(render.lastingFields())).orElseGet(render::answer);
        return new Storable(
            Page.of(
                answer,
                key.withVariant(store.variant()),
                tags,
                store.age().map(received.cameAt()::minus).orElse(received.askedAt()),
                settings.spread(store.ttl(), declared),
                store.keptStale()));
      }
      return new Passed(((Verdict.Pass) verdict).reason());
    }

    private Explanation explain(PageKey key, Render happened, Verdict verdict) {
      return new Explanation(
          named.route(),
          Optional.of(asker),
          StoragePolicy.explain(request),
          Optional.of(key),
          StoragePolicy.explain(happened),
          happened.tags(),
          verdict);
    }
  }
}
