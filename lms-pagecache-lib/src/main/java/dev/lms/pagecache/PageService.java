// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Observation;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.RequestPolicy;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A page cache in front of a program, on any server: what the program declares about its requests,
 * and the call that serves one. A program gets it from the builder of its adapter, and the adapter
 * passes it each request of the server. Thread-safe.
 *
 * @param <E> what the server calls a request, such as its exchange
 */
public final class PageService<E> {
  private static final System.Logger LOG = System.getLogger(PageService.class.getName());

  private final PageCache cache;
  private final Function<E, NamedRule> rules;
  private final Function<E, Asker> who;
  private final Map<String, HoleFiller<E>> fillers;
  private final @Nullable ToLongFunction<E> personalReads;
  private final SecureRandom random = new SecureRandom();
  private final DoubleSupplier jitter;
  private final boolean multiHost;
  private final Optional<Consumer<Explanation>> explanations;
  private final Function<E, Optional<String>> receipts;
  private final @Nullable PageAudit<E> audit;
  private final Inquiry.Declared<E> declared = new Declared();

  private PageService(Builder<E, ?> builder) {
    this.cache = builder.cache;
    this.rules = builder.rules;
    this.who = builder.who;
    this.fillers = Map.copyOf(builder.fillers);
    this.personalReads = builder.personalReads;
    this.jitter = builder.jitter == null ? random::nextDouble : builder.jitter;
    this.multiHost = builder.multiHost;
    this.explanations = Optional.ofNullable(builder.explanations);
    this.receipts = builder.receipts;
    this.audit = builder.audit;
  }

  /**
   * Starts to configure an adapter.
   *
   * @param cache the cache
   * @param rules finds the rule of a request's route, and the route's name
   * @param who finds out who asks, before and after each render. If it throws, the request bypasses
   *     the cache: an unknown asker never counts as anonymous
   * @param adapter creates the adapter over the service
   * @param <E> what the server calls a request
   * @param <A> the type of the adapter
   * @return a builder
   */
  public static <E, A> Builder<E, A> builder(
      PageCache cache,
      Function<E, NamedRule> rules,
      Function<E, Asker> who,
      Function<PageService<E>, A> adapter) {
    return new Builder<>(cache, rules, who, adapter);
  }

  /**
   * Configures an adapter. Not thread-safe.
   *
   * @param <E> what the server calls a request
   * @param <A> the type of the adapter
   */
  public static final class Builder<E, A> {
    private final PageCache cache;
    private final Function<E, NamedRule> rules;
    private final Function<E, Asker> who;
    private final Function<PageService<E>, A> adapter;
    private final Map<String, HoleFiller<E>> fillers = new HashMap<>();
    private @Nullable ToLongFunction<E> personalReads;
    private @Nullable DoubleSupplier jitter;
    private boolean multiHost;
    private @Nullable Consumer<Explanation> explanations;
    private Function<E, Optional<String>> receipts = exchange -> Optional.empty();
    private @Nullable PageAudit<E> audit;

    private Builder(
        PageCache cache,
        Function<E, NamedRule> rules,
        Function<E, Asker> who,
        Function<PageService<E>, A> adapter) {
      this.cache = cache;
      this.rules = rules;
      this.who = who;
      this.adapter = adapter;
    }

    /**
     * Tells the cache whether a handler read anything about the person. Without it, every render
     * counts as having done so, and no page is shared between people.
     *
     * @param counter a number that grows whenever the program reads or writes something about the
     *     person behind this exchange
     * @return this builder
     */
    public Builder<E, A> personalReads(ToLongFunction<E> counter) {
      this.personalReads = counter;
      return this;
    }

    /**
     * Adds a kind of hole.
     *
     * @param name the name by which handlers ask for it
     * @param filler fills it for the person who asks
     * @return this builder
     */
    public Builder<E, A> hole(String name, HoleFiller<E> filler) {
      fillers.put(name, filler);
      return this;
    }

    /**
     * Replaces the source of random numbers for {@link PageRule#jitter}.
     *
     * @param source numbers from 0 to 1; thread-safe
     * @return this builder
     */
    public Builder<E, A> jitter(DoubleSupplier source) {
      this.jitter = source;
      return this;
    }

    /**
     * Finds the receipt of a {@link PageCache#purgeWithReceipt} in a request, for example in a
     * cookie that the answer to the change has set. Such a request gets no page from before that
     * change. Text that is no receipt is ignored; a made-up receipt costs a round trip to the
     * shared store and no render.
     *
     * @param receipt finds the text of the receipt, if the request shows one
     * @return this builder
     */
    public Builder<E, A> receipt(Function<E, Optional<String>> receipt) {
      receipts = receipt;
      return this;
    }

    /**
     * Makes the {@code Host} of a request part of the key, for sites that differ by host. In the
     * {@link PageRule.Profile#RFC9111} profile it always is.
     *
     * @return this builder
     */
    public Builder<E, A> multiHost() {
      multiHost = true;
      return this;
    }

    /**
     * Explains every decision. It costs time at each request: use it to find out why, not in
     * production.
     *
     * @param listener receives one explanation for each request that the cache did not answer, on
     *     the thread of the request, before the answer is sent
     * @return this builder
     */
    public Builder<E, A> explainingTo(Consumer<Explanation> listener) {
      explanations = listener;
      return this;
    }

    /**
     * Has an audit look for what shared pages say about one person. For development and tests,
     * because pages are rendered twice; it changes nothing that is stored or sent. Not where a
     * handler runs once for a request, as in servlet containers: there requests fail.
     *
     * @param audit the audit, which may serve several adapters
     * @return this builder
     */
    public Builder<E, A> auditedBy(PageAudit<E> audit) {
      this.audit = audit;
      return this;
    }

    /** {@return the adapter} */
    public A build() {
      return adapter.apply(new PageService<>(this));
    }
  }

  /**
   * Answers one request, from the cache or by its handler, and stores the handler's answer if it
   * may be stored. After a successful request (2xx or 3xx) with an unsafe method, the pages of its
   * URI are purged before its answer leaves (RFC 9111 section 4.4).
   *
   * @param exchange what the server calls this request
   * @param request what the client asks
   * @param answer where the answer goes
   * @param handler answers what the cache cannot
   * @throws IOException from the handler, or if the client has disconnected
   */
  public void serve(E exchange, PageRequest request, PageAnswer answer, PageHandler<E> handler)
      throws IOException {
    if (audit != null && !handler.runsAgain()) {
      throw new IllegalStateException(
          "An audit renders pages twice, and this server runs a request once; use none here");
    }
    NamedRule rule = rules.apply(exchange);
    Observation<Outcome> observation = cache.counters().observation(rule.route());
    Outcome unused =
        observation.watch(() -> serve(exchange, request, answer, handler, rule, observation));
  }

  private Outcome serve(
      E exchange,
      PageRequest request,
      PageAnswer answer,
      PageHandler<E> handler,
      NamedRule rule,
      Observation<Outcome> observation)
      throws IOException {
    Inquiry<E> inquiry = new Inquiry<>(declared, exchange, request, rule, declared.ask(exchange));
    Visit<E> visit = new Visit<>(new Handling<>(inquiry, answer, handler, observation), audit);
    if (inquiry.asker().isEmpty()) {
      return visit.bypass(Variant.UNKNOWN, Reason.WHO);
    }
    Optional<Reason> objection = RequestPolicy.objection(inquiry.asked());
    return objection.isPresent()
        ? visit.bypass(Variant.user(inquiry.asker().get()), objection.get())
        : visit.cached();
  }

  /** What the builder was told. */
  private final class Declared implements Inquiry.Declared<E> {
    @Override
    public PageCache cache() {
      return cache;
    }

    @Override
    public SecureRandom random() {
      return random;
    }

    @Override
    public boolean isMultiHost() {
      return multiHost;
    }

    @Override
    public Map<String, HoleFiller<E>> fillers() {
      return fillers;
    }

    @Override
    public Optional<Consumer<Explanation>> explanations() {
      return explanations;
    }

    @Override
    public Optional<PageRule> ruleOf(E exchange) {
      return rules.apply(exchange).rule();
    }

    @Override
    public boolean countsPersonalReads() {
      return personalReads != null;
    }

    @Override
    public long personalReads(E exchange) {
      return personalReads == null ? 0 : personalReads.applyAsLong(exchange);
    }

    @Override
    public Duration spread(Duration ttl, PageRule rule) {
      return rule.jitter() == 0
          ? ttl
          : ttl.minusMillis((long) (ttl.toMillis() * rule.jitter() * jitter.getAsDouble()));
    }

    @Override
    public Optional<Receipt> receiptOf(E exchange) {
      return receipts.apply(exchange).flatMap(Receipt::parse);
    }

    @Override
    public Optional<Asker> ask(E exchange) {
      try {
        return Optional.of(who.apply(exchange));
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "Who is asking could not be found out", e);
        return Optional.empty();
      }
    }
  }
}
