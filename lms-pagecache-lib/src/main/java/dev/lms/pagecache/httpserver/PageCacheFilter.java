package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.RequestPolicy;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
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
 * tags in {@code Cache-Tag}, which does not leave the server. Where answers decide about storing,
 * it may be asked twice for one request: whether a stored page is still valid, and, when it names
 * another version or the answer may depend on the person, for the page itself; the filters behind
 * this one are then run again. Safe for use by several threads.
 *
 * <p>An answer that cannot be stored whatever its body is, going by its fields, leaves as it is
 * written if its length is unknown or the handler flushes. While a page is known not to be stored,
 * requests for a part of it and conditional ones reach the handler as they came.
 *
 * <p>After a request with an unsafe method succeeded (2xx or 3xx), the pages of its URI are purged
 * before its answer leaves (RFC 9111 section 4.4). A purge of this kind that fails is logged as an
 * error; the answer leaves all the same, because what it reports has happened.
 */
public final class PageCacheFilter extends Filter {
  private static final RareField AUTHORIZATION = RareField.named("Authorization");
  private static final RareField CONTENT_LENGTH = RareField.named("Content-Length");
  private static final RareField TRANSFER_ENCODING = RareField.named("Transfer-Encoding");

  private final Settings settings;
  private final Function<HttpExchange, NamedRule> rules;

  private PageCacheFilter(Settings settings, Function<HttpExchange, NamedRule> rules) {
    this.settings = settings;
    this.rules = rules;
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
    return ofRoutes(cache, exchange -> new NamedRule("", rules.apply(exchange)), who);
  }

  /**
   * Begins a filter that counts by route.
   *
   * @param cache the cache
   * @param rules what the route of a request declares, and its name
   * @param who as with {@link #builder}
   * @return a builder
   */
  public static Builder ofRoutes(
      PageCache cache, Function<HttpExchange, NamedRule> rules, Function<HttpExchange, Asker> who) {
    return new Builder(cache, rules, who);
  }

  /** Settings of a filter. Not safe for use by several threads. */
  public static final class Builder {
    private final PageCache cache;
    private final Function<HttpExchange, NamedRule> rules;
    private final Function<HttpExchange, Asker> who;
    private final Map<String, HoleFiller> fillers = new HashMap<>();
    private @Nullable ToLongFunction<HttpExchange> personalReads;
    private final SecureRandom random = new SecureRandom();
    private DoubleSupplier jitter = random::nextDouble;
    private boolean multiHost;
    private @Nullable Consumer<Explanation> explanations;
    private Function<HttpExchange, Optional<String>> receipts = exchange -> Optional.empty();

    private Builder(
        PageCache cache,
        Function<HttpExchange, NamedRule> rules,
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
     * Where the chance for {@link PageRule#jitter} comes from, unless it is to be random.
     *
     * @param source numbers from 0 to 1; safe for use by several threads
     * @return this
     */
    public Builder jitter(DoubleSupplier source) {
      this.jitter = source;
      return this;
    }

    /**
     * Finds the receipt of a {@link PageCache#purgeWithReceipt} in a request, as in a cookie that
     * the answer to a change has set: this request gets no page from before that change. Text that
     * is no receipt is ignored; a made-up one costs a round trip to the shared store and no render.
     *
     * @param receipt the text of the receipt, if the request shows one
     * @return this
     */
    public Builder receipt(Function<HttpExchange, Optional<String>> receipt) {
      receipts = receipt;
      return this;
    }

    /**
     * Makes the {@code Host} of a request part of the key, for sites that look different by host.
     * In the {@link PageRule.Profile#RFC9111} profile it always is.
     *
     * @return this
     */
    public Builder multiHost() {
      multiHost = true;
      return this;
    }

    /**
     * Explains every decision. Costs time at each request: for asking why, not for serving.
     *
     * @param listener gets one explanation for each request that was not answered from the cache,
     *     in the thread of the request, before the answer is sent
     * @return this
     */
    public Builder explainingTo(Consumer<Explanation> listener) {
      explanations = listener;
      return this;
    }

    /**
     * Builds the filter.
     *
     * @return the filter
     */
    public PageCacheFilter build() {
      return new PageCacheFilter(
          new Settings(
              cache,
              who,
              Optional.ofNullable(personalReads),
              Map.copyOf(fillers),
              multiHost,
              receipts,
              random,
              jitter,
              Optional.ofNullable(explanations)),
          rules);
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
    NamedRule rule = rules.apply(exchange);
    Optional<Asker> asker = settings.ask(exchange);
    Visit visit = new Visit(settings, this, exchange, chain, rule, asker);
    RequestPolicy.Asked request = requestOf(exchange, rule.rule());
    if (asker.isEmpty()) {
      visit.bypass(request, Variant.UNKNOWN, Reason.WHO);
      return;
    }
    Optional<Reason> objection = RequestPolicy.objection(request);
    if (objection.isPresent()) {
      visit.bypass(request, Variant.user(asker.get()), objection.get());
    } else {
      visit.cached(request, asker.get(), rule.rule().orElseThrow());
    }
  }

  /** What is declared about the pages at this URI, whatever the method of the request. */
  Optional<PageRule> ofGet(HttpExchange exchange) {
    return rules.apply(new AsGet(exchange).asItWas()).rule();
  }

  /**
   * The filters behind this one and the handler, for another run: a chain can be run once. A filter
   * that is not in its context's list was called by a filter that is, and is taken for its last.
   */
  Chain behind(HttpExchange exchange, Chain spent) {
    List<Filter> all = exchange.getHttpContext().getFilters();
    int own = all.indexOf(this);
    return own < 0
        ? spent
        : new Chain(
            List.copyOf(all.subList(own + 1, all.size())), exchange.getHttpContext().getHandler());
  }

  private static RequestPolicy.Asked requestOf(HttpExchange exchange, Optional<PageRule> rule) {
    Headers headers = exchange.getRequestHeaders();
    String length = CONTENT_LENGTH.first(headers);
    Set<RequestPolicy.Load> carries = EnumSet.noneOf(RequestPolicy.Load.class);
    if (TRANSFER_ENCODING.isIn(headers) || (length != null && !length.equals("0"))) {
      carries.add(RequestPolicy.Load.BODY);
    }
    if (AUTHORIZATION.isIn(headers)) {
      carries.add(RequestPolicy.Load.AUTHORIZATION);
    }
    return new RequestPolicy.Asked(
        exchange.getRequestMethod(), exchange.getRequestURI(), carries, rule.map(PageRule::terms));
  }
}
