package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.Fields;
import dev.lms.pagecache.HoleMarkers;
import dev.lms.pagecache.Outcome;
import dev.lms.pagecache.Page;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageKey;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Reason;
import dev.lms.pagecache.Render;
import dev.lms.pagecache.Renderer;
import dev.lms.pagecache.StoragePolicy;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request on its way. */
final class Visit {
  private final Settings settings;
  private final PageCache cache;
  private final HttpExchange outer;
  private final Filter.Chain chain;
  private final String route;
  private final Optional<Asker> asker;
  private final Responder responder;

  Visit(
      Settings settings,
      HttpExchange outer,
      Filter.Chain chain,
      NamedRule rule,
      Optional<Asker> asker) {
    this.settings = settings;
    this.cache = settings.cache();
    this.outer = outer;
    this.chain = chain;
    this.route = rule.route();
    this.asker = asker;
    this.responder =
        new Responder(
            outer,
            settings.fillers(),
            cache.clock(),
            rule.rule(),
            asker.map(Asker::isAnonymous).orElse(false));
  }

  void bypass(StoragePolicy.Request request, Variant variant, Reason reason) throws IOException {
    settings
        .explanations()
        .ifPresent(
            listener ->
                listener.accept(
                    Explanation.bypass(route, asker, StoragePolicy.explain(request), reason)));
    pass(variant, cache.bypass(route, variant, reason));
  }

  /** Past the cache: the answer streams through, unless it has holes to fill. */
  private void pass(Variant variant, Outcome outcome) throws IOException {
    RenderExchange render = exchange(variant, null, outcome, () -> {});
    send(render, run(render, outcome), outcome);
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
      Runnable beforeStreaming) {
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
    PageKey key = keyOf(declared, variant).ofRoute(route);
    if (outer.getRequestMethod().equals("HEAD")) {
      head(cache.peek(key, asker));
      return;
    }
    Attempt attempt = new Attempt(request, asker, declared);
    Outcome outcome = cache.get(key, asker, attempt);
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
    } else {
      send(attempt.exchange(), attempt.fault, outcome);
    }
  }

  private void send(Page page, Outcome outcome) throws IOException {
    cache.sent(route, outcome, responder.send(page, outcome));
  }

  private void head(Outcome outcome) throws IOException {
    if (outcome.page().isPresent()) {
      send(outcome.page().get(), outcome);
    } else {
      pass(outcome.variant(), outcome);
    }
  }

  private PageKey keyOf(PageRule declared, Variant variant) {
    Headers headers = outer.getRequestHeaders();
    String host = headers.getFirst("Host");
    return PageKey.of(
        settings.multiHost() && host != null ? host.toLowerCase(Locale.ROOT) : "",
        outer.getRequestURI().getRawPath(),
        outer.getRequestURI().getRawQuery(),
        declared,
        declared.headers().isEmpty() ? Fields.NONE : new Fields(headers),
        variant);
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
    public Rendering render(PageKey key, Runnable nothingToShare) throws IOException {
      RenderExchange render =
          Visit.this.exchange(
              key.variant(),
              RenderExchange.KeyedRequest.of(outer, key, keyedHeaders()),
              missed(key, Reason.SIZE),
              nothingToShare);
      exchange = render;
      Instant started = cache.clock().instant();
      long before = readsSoFar();
      fault = run(render, missed(key, Reason.ABORTED));
      boolean readPersonal = settings.personalReads().isEmpty() || readsSoFar() != before;
      return judge(key, render, started, readPersonal);
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

    private long readsSoFar() {
      return settings.personalReads().map(counter -> counter.applyAsLong(outer)).orElse(0L);
    }

    private Rendering judge(
        PageKey key, RenderExchange render, Instant started, boolean readPersonal) {
      Set<String> tags = new HashSet<>(declared.tags());
      tags.addAll(render.tags());
      Render happened =
          new Render(
              declared,
              asker,
              key.variant(),
              render.getResponseCode(),
              render.fields(),
              tags,
              fault.isEmpty(),
              !render.isUnderWay(),
              readPersonal,
              render.readUnkeyed(),
              settings.ask(outer).equals(Optional.of(asker)));
      Verdict verdict = StoragePolicy.judge(happened);
      settings.explanations().ifPresent(to -> to.accept(explain(key, happened, verdict)));
      if (verdict instanceof Verdict.Store store) {
        return new Storable(
            Page.of(render.answer(), key.withVariant(store.variant()), tags, started, store.ttl()));
      }
      return new Passed(((Verdict.Pass) verdict).reason());
    }

    private Explanation explain(PageKey key, Render happened, Verdict verdict) {
      return new Explanation(
          route,
          Optional.of(asker),
          StoragePolicy.explain(request),
          Optional.of(key),
          StoragePolicy.explain(happened),
          happened.tags(),
          verdict);
    }
  }
}
