package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
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
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers from a {@link PageCache}, and stores what handlers answer. Every answer gets a {@code
 * Cache-Status} (RFC 9211).
 *
 * <p>A handler of a route that has a rule must answer before it returns. It sees the request as the
 * key describes it: undeclared query parameters are gone, conditions and codings are the cache's
 * business, and an answer for which it read any other undeclared header is not stored. It may name
 * tags in {@code Cache-Tag}, which does not leave the server. Safe for use by several threads.
 */
public final class PageCacheFilter extends Filter {
  private static final System.Logger LOG = System.getLogger(PageCacheFilter.class.getName());

  private final PageCache cache;
  private final Function<HttpExchange, Optional<PageRule>> rules;
  private final Function<HttpExchange, Asker> who;
  private final @Nullable ToLongFunction<HttpExchange> personalReads;
  private final Map<String, HoleFiller> fillers;
  private final boolean multiHost;
  private final SecureRandom random = new SecureRandom();

  private PageCacheFilter(Builder builder) {
    this.cache = builder.cache;
    this.rules = builder.rules;
    this.who = builder.who;
    this.personalReads = builder.personalReads;
    this.fillers = Map.copyOf(builder.fillers);
    this.multiHost = builder.multiHost;
  }

  /**
   * Begins a filter.
   *
   * @param cache the cache
   * @param rules what the route of a request declares; empty for pages that are never cached
   * @param who finds out who is asking. It is asked before and after each render. When it throws,
   *     the request goes past the cache: not knowing is never taken for a stranger
   * @return a builder
   */
  public static Builder builder(
      PageCache cache,
      Function<HttpExchange, Optional<PageRule>> rules,
      Function<HttpExchange, Asker> who) {
    return new Builder(cache, rules, who);
  }

  /** Settings of a filter. Not safe for use by several threads. */
  public static final class Builder {
    private final PageCache cache;
    private final Function<HttpExchange, Optional<PageRule>> rules;
    private final Function<HttpExchange, Asker> who;
    private final Map<String, HoleFiller> fillers = new HashMap<>();
    private @Nullable ToLongFunction<HttpExchange> personalReads;
    private boolean multiHost;

    private Builder(
        PageCache cache,
        Function<HttpExchange, Optional<PageRule>> rules,
        Function<HttpExchange, Asker> who) {
      this.cache = cache;
      this.rules = rules;
      this.who = who;
    }

    /**
     * Tells whether a handler read anything about the person. Without it every render counts as
     * having done so, and nothing is shared between people.
     *
     * @param counter a number that grows whenever something about the person behind this exchange
     *     is read or written
     * @return this
     */
    public Builder personalReads(ToLongFunction<HttpExchange> counter) {
      this.personalReads = counter;
      return this;
    }

    /**
     * Adds a kind of hole.
     *
     * @param name the name handlers ask for
     * @param filler fills it for the person who is asking
     * @return this
     */
    public Builder hole(String name, HoleFiller filler) {
      fillers.put(name, filler);
      return this;
    }

    /**
     * Makes the {@code Host} of a request part of the key, for sites that look different by host.
     *
     * @return this
     */
    public Builder multiHost() {
      multiHost = true;
      return this;
    }

    /**
     * Builds the filter.
     *
     * @return the filter
     */
    public PageCacheFilter build() {
      return new PageCacheFilter(this);
    }
  }

  /**
   * A marker for a hole of the page that is being rendered. The handler writes it where the hole
   * is; the person who gets the page sees what the filler says.
   *
   * @param exchange the handler's exchange, also when it was wrapped once more
   * @param name a hole of {@link Builder#hole}
   * @return letters, digits and hyphens
   * @throws IllegalArgumentException if there is no such hole
   * @throws IllegalStateException if no page cache filter stands before the handler, or the answer
   *     was begun
   */
  public static String hole(HttpExchange exchange, String name) {
    return renderOf(exchange).hole(name);
  }

  /**
   * Who will share the page that is being rendered. Reading it does not make the page personal.
   *
   * @param exchange the handler's exchange, also when it was wrapped once more
   * @return the variant
   * @throws IllegalStateException if no page cache filter stands before the handler
   */
  public static Variant variant(HttpExchange exchange) {
    return renderOf(exchange).variant();
  }

  private static RenderExchange renderOf(HttpExchange exchange) {
    if (exchange.getAttribute(RenderExchange.ATTRIBUTE) instanceof RenderExchange render) {
      return render;
    }
    throw new IllegalStateException(
        "No page cache filter stands before this handler; add PageCacheFilter to its context");
  }

  @Override
  public String description() {
    return "page cache";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    Optional<PageRule> rule = rules.apply(exchange);
    Optional<Asker> asker = ask(exchange);
    Visit visit = new Visit(exchange, chain, rule, asker);
    if (asker.isEmpty()) {
      visit.pass(Variant.UNKNOWN, cache.bypass(Variant.UNKNOWN, Reason.WHO));
      return;
    }
    Variant person = Variant.user(asker.get());
    Optional<Reason> objection = StoragePolicy.objection(requestOf(exchange, rule));
    if (objection.isPresent()) {
      visit.pass(person, cache.bypass(person, objection.get()));
    } else {
      visit.cached(asker.get(), rule.orElseThrow());
    }
  }

  private Optional<Asker> ask(HttpExchange exchange) {
    try {
      return Optional.of(who.apply(exchange));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "Who is asking could not be found out", e);
      return Optional.empty();
    }
  }

  private static StoragePolicy.Request requestOf(HttpExchange exchange, Optional<PageRule> rule) {
    Headers headers = exchange.getRequestHeaders();
    String length = headers.getFirst("Content-Length");
    return new StoragePolicy.Request(
        exchange.getRequestMethod(),
        exchange.getRequestURI(),
        headers.containsKey("Transfer-Encoding") || (length != null && !length.equals("0")),
        headers.containsKey("Authorization"),
        rule);
  }

  /** One request on its way. */
  private final class Visit {
    private final HttpExchange outer;
    private final Chain chain;
    private final Responder responder;

    Visit(HttpExchange outer, Chain chain, Optional<PageRule> rule, Optional<Asker> asker) {
      this.outer = outer;
      this.chain = chain;
      this.responder =
          new Responder(
              outer, fillers, cache.clock(), rule, asker.map(Asker::isAnonymous).orElse(false));
    }

    /** Past the cache: the answer streams through, unless it has holes to fill. */
    void pass(Variant variant, Outcome outcome) throws IOException {
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
          new HoleMarkers(random),
          cache.maxPageBytes(),
          keyed,
          whenStreamed,
          beforeStreaming);
    }

    void cached(Asker asker, PageRule declared) throws IOException {
      Variant variant = declared.audience().variantOf(asker);
      PageKey key = keyOf(declared, variant);
      if (outer.getRequestMethod().equals("HEAD")) {
        head(cache.peek(key, asker));
        return;
      }
      Attempt attempt = new Attempt(asker, declared);
      Outcome outcome = cache.get(key, asker, attempt);
      if (outcome.page().isPresent()) {
        responder.send(outcome.page().get(), outcome);
      } else {
        send(attempt.exchange(), attempt.fault, outcome);
      }
    }

    private void head(Outcome outcome) throws IOException {
      if (outcome.page().isPresent()) {
        responder.send(outcome.page().get(), outcome);
      } else {
        pass(outcome.variant(), outcome);
      }
    }

    private PageKey keyOf(PageRule declared, Variant variant) {
      Headers headers = outer.getRequestHeaders();
      String host = headers.getFirst("Host");
      return PageKey.of(
          multiHost && host != null ? host.toLowerCase(Locale.ROOT) : "",
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
      private final Asker asker;
      private final PageRule declared;
      private @Nullable RenderExchange exchange;
      private Optional<String> fault = Optional.empty();

      Attempt(Asker asker, PageRule declared) {
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
        boolean readPersonal = personalReads == null || readsSoFar() != before;
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
        if (multiHost) {
          names.add("host");
        }
        return names;
      }

      private long readsSoFar() {
        return personalReads == null ? 0 : personalReads.applyAsLong(outer);
      }

      private Rendering judge(
          PageKey key, RenderExchange render, Instant started, boolean readPersonal) {
        Set<String> tags = new HashSet<>(declared.tags());
        tags.addAll(render.tags());
        Verdict verdict =
            StoragePolicy.judge(
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
                    ask(outer).equals(Optional.of(asker))));
        if (verdict instanceof Verdict.Store store) {
          return new Storable(
              Page.of(
                  render.answer(), key.withVariant(store.variant()), tags, started, store.ttl()));
        }
        return new Passed(((Verdict.Pass) verdict).reason());
      }
    }
  }
}
