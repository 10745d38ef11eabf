// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Background;
import dev.lms.pagecache.engine.Breaker;
import dev.lms.pagecache.engine.Notes;
import dev.lms.pagecache.engine.OutagePages;
import dev.lms.pagecache.observation.PageObserver;
import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves pages from a store, renders a missing page once for all who wait for it, and purges. It
 * knows no HTTP server: an adapter puts it in front of a program. Thread-safe.
 */
public final class PageCache {
  /** The default length of the longest body that is stored: 1 MiB. */
  public static final int DEFAULT_MAX_PAGE_BYTES = 1 << 20;

  /** How long a request waits for another request's render by default. */
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(5);

  static final int MEMORY_BYTES = 4 << 20;

  private final PageStore store;
  private final InstantSource clock;
  private final int maxPageBytes;
  private final @Nullable Background background;
  private final Counters counters;
  private final Notes notes;
  private final Lookups lookups;
  private final Coalescing coalescing;

  private PageCache(Builder builder) {
    this(
        builder.store,
        builder.clock,
        builder.maxPageBytes,
        builder.maxWait,
        builder.background,
        System::nanoTime,
        Breaker::onThreadOfItsOwn,
        new Counters(builder.observers));
  }

  /** With a time of its own for all that has to pass. */
  PageCache(
      PageStore store,
      InstantSource clock,
      int maxPageBytes,
      Duration maxWait,
      @Nullable Executor executor,
      LongSupplier nanos,
      Executor prober,
      Counters counters) {
    this.counters = counters;
    this.store = store;
    this.clock = clock;
    this.maxPageBytes = maxPageBytes;
    this.background = executor == null ? null : new Background(executor);
    this.notes = new Notes(MEMORY_BYTES, nanos);
    this.lookups = new Lookups(store, clock, nanos, prober);
    Flights flights = new Flights();
    Rendering rendering = new Rendering(lookups, flights, notes, counters, clock, nanos);
    this.coalescing =
        new Coalescing(
            lookups,
            flights,
            notes,
            rendering,
            new OutagePages(MEMORY_BYTES),
            clock,
            nanos,
            maxWait,
            background != null);
  }

  /**
   * {@return a cache with default settings}
   *
   * @param store where pages are kept; the caller closes it
   */
  public static PageCache of(PageStore store) {
    return builder(store).build();
  }

  /**
   * {@return a builder with default settings}
   *
   * @param store where pages are kept; the caller closes it
   */
  public static Builder builder(PageStore store) {
    return new Builder(store);
  }

  /** Configures a cache. Not thread-safe. */
  public static final class Builder {
    private final PageStore store;
    private InstantSource clock = InstantSource.system();
    private int maxPageBytes = DEFAULT_MAX_PAGE_BYTES;
    private Duration maxWait = DEFAULT_MAX_WAIT;
    private @Nullable Executor background;
    private final List<PageObserver> observers = new ArrayList<>();

    private Builder(PageStore store) {
      this.store = store;
    }

    /**
     * Replaces the system's clock.
     *
     * @param source measures ages and lifetimes; the same clock as the store's
     * @return this builder
     */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /**
     * Replaces {@link #DEFAULT_MAX_PAGE_BYTES}.
     *
     * @param bytes the length of the longest body that is stored
     * @return this builder
     */
    public Builder maxPageBytes(int bytes) {
      maxPageBytes = bytes;
      return this;
    }

    /**
     * Replaces {@link #DEFAULT_MAX_WAIT}. A request that has waited so long for another's render
     * renders the page itself.
     *
     * @param longest the longest wait
     * @return this builder
     */
    public Builder maxWait(Duration longest) {
      maxWait = longest;
      return this;
    }

    /**
     * Renders stale pages of anonymous visitors in the background, during their {@link
     * PageRule#staleWhileRevalidate}. Without it, and for all other pages, one request renders
     * while the others get the stale page.
     *
     * @param executor runs the renders; the caller closes it
     * @return this builder
     */
    public Builder background(Executor executor) {
      background = executor;
      return this;
    }

    /**
     * Adds an observer that watches requests. May be called several times.
     *
     * @param observer the observer to add
     * @return this builder
     */
    public Builder observer(PageObserver observer) {
      observers.add(observer);
      return this;
    }

    /** {@return the cache} */
    public PageCache build() {
      PageCache cache = new PageCache(this);
      observers.forEach(
          observer -> observer.watches(cache.store::bytes, cache.lookups::sharedBytes));
      return cache;
    }
  }

  /** Tells ages and lifetimes. */
  InstantSource clock() {
    return clock;
  }

  /** What is counted, and who watches. */
  Counters counters() {
    return counters;
  }

  /** Longest body that is stored. */
  int maxPageBytes() {
    return maxPageBytes;
  }

  /**
   * Answers with a stored page, with the page another request is just rendering, or with a render
   * of its own, which is stored if it may be. A page that is no longer fresh answers where the
   * request's rule allows it: while another request renders, or in place of a render that failed.
   *
   * @param asked the key
   * @param asker who is asking
   * @param request what decides which stored page may answer
   * @param renderer renders the page
   * @return where the answer came from; after {@link Outcome.Source#STALE}, {@link #revalidate} is
   *     due as soon as the page was sent
   * @throws IOException from the renderer
   */
  Outcome get(PageKey asked, Asker asker, PresentedRequest request, Renderer renderer)
      throws IOException {
    PageKey key = keyFor(asked, asker);
    return counted(key, coalescing.answer(key, request, renderer));
  }

  /** The person's own key, once the page is known to be personal. */
  private PageKey keyFor(PageKey asked, Asker asker) {
    return notes.isPersonal(asked) ? asked.withVariant(Variant.user(asker).text()) : asked;
  }

  /**
   * Renders a page again that was just served stale, in the background. Does nothing if that is
   * under way already, if the page is fresh by now, or if such pages are rendered in the foreground
   * here.
   *
   * @param asked the key
   * @param request the request that got the stale page
   * @param renderer renders the page without the request's connection, cookie and credentials
   */
  void revalidate(PageKey asked, PresentedRequest request, Renderer renderer) {
    if (background != null && coalescing.revalidatesInBackground(asked)) {
      background.start(asked, () -> coalescing.revalidateNow(asked, request, renderer));
    }
  }

  /** What is remembered besides pages, by weight. */
  long noteBytes() {
    return notes.bytes();
  }

  /**
   * Looks for a stored page without rendering one.
   *
   * @param asked the key
   * @param asker who is asking
   * @param request what decides which stored page may answer
   * @return a hit, or a miss for a reason
   */
  Outcome peek(PageKey asked, Asker asker, PresentedRequest request) {
    PageKey key = keyFor(asked, asker);
    Optional<Lookups.Found> found = lookups.find(key, request);
    if (found.isEmpty()) {
      return counted(
          key,
          Outcome.passed(
              Outcome.Source.BYPASS, Variant.Kind.of(key), Optional.empty(), Reason.STORE));
    }
    return counted(
        key,
        found.get().reuse() == ReusePolicy.Reuse.USE
            ? Outcome.hit(key, found.get().page().orElseThrow())
            : Outcome.passed(
                Outcome.Source.MISS,
                Variant.Kind.of(key),
                Optional.empty(),
                asker.assumed() ? Reason.ASSUMED : Reason.HEAD));
  }

  /**
   * Why a page is not stored: nothing is, and its last render was lately and could not be, for a
   * reason that was not about one request or one moment. A request that wants a part of it or has
   * conditions may then go to the handler as it came.
   *
   * @param asked the key
   * @param asker who is asking
   * @param request what decides which stored page may answer
   * @return the reason, or empty
   */
  Optional<Reason> whyNotStored(PageKey asked, Asker asker, PresentedRequest request) {
    PageKey key = keyFor(asked, asker);
    Optional<Reason> why = notes.whyNotStored(key);
    if (why.isEmpty()) {
      return Optional.empty();
    }
    Optional<Lookups.Found> found = lookups.find(key, request);
    return found.isPresent() && found.get().page().isPresent() ? Optional.empty() : why;
  }

  private Outcome counted(PageKey key, Outcome outcome) {
    counters.count(key.route(), outcome);
    return outcome;
  }

  /**
   * Makes every page with one of these tags unusable: a request that starts after this has
   * returned, on any node that shares the store, gets no page whose render started before.
   *
   * @param tags at least one tag
   * @throws IllegalArgumentException if there is none, or one that no page can have: empty, with a
   *     comma or a control character, or with white space around it
   * @throws PageStoreException if the purge may not have reached all nodes; do not report success
   */
  public void purge(String... tags) {
    store.purge(Tags.checked(tags));
  }

  /**
   * Purges all pages of a path, whatever their query and variant.
   *
   * @param rawPath a path without a query, in any spelling that RFC 3986 section 6.2.2 treats as
   *     equal; characters that no URI may hold stand for their UTF-8
   * @throws IllegalArgumentException if it is a URL, has a query or a fragment, or does not start
   *     with a slash
   * @throws PageStoreException if the purge may not have reached all nodes; do not report success
   */
  public void purgePath(String rawPath) {
    purgePaths(List.of(rawPath));
  }

  /**
   * Purges all pages whose path starts with a prefix, whatever their query and variant: {@code
   * purgePrefix("/course/cs101/")} purges {@code /course/cs101/view} and {@code
   * /course/cs101/week/1}, but neither {@code /course/cs101} nor {@code /course/cs1012/view}. A
   * prefix of more than sixteen segments purges everything below its first sixteen.
   *
   * @param rawPrefix the beginning of raw paths; starts and ends with a slash
   * @throws IllegalArgumentException if it does not
   * @throws PageStoreException if the purge may not have reached all nodes; do not report success
   */
  public void purgePrefix(String rawPrefix) {
    purge(Tags.ofFolder(rawPrefix));
  }

  /**
   * Purges without waiting for the near copies of other nodes. A request that starts later and
   * shows the receipt gets no page from before the purge, on any node. Other requests may get one
   * for up to a second.
   *
   * @param tags at least one tag
   * @return a receipt for whoever made the change, to show with their next requests
   * @throws IllegalArgumentException as {@link #purge}
   * @throws PageStoreException if the purge may not have reached the store
   */
  public Receipt purgeWithReceipt(String... tags) {
    return Receipt.of(store.purgeWithoutWaiting(Tags.checked(tags)));
  }

  /**
   * Purges all pages of several paths, whatever their query and variant.
   *
   * @param rawPaths at least one path, each as for {@link #purgePath}
   * @throws IllegalArgumentException if there is none, or one that {@link #purgePath} does not
   *     accept
   * @throws PageStoreException if the purge may not have reached all nodes; do not report success
   */
  public void purgePaths(Collection<String> rawPaths) {
    if (rawPaths.isEmpty()) {
      throw new IllegalArgumentException(
          "No path is given, so nothing would be purged; name one, or use purgeAll for every page");
    }
    store.purge(rawPaths.stream().map(Tags::normalPath).map(Tags::ofPath).toList());
  }

  /**
   * {@return the normal form of a path, under which keys hold it}
   *
   * @param path a path without a query, raw or with characters that a URI encodes: {@code /café} is
   *     {@code /caf%C3%A9}
   * @throws IllegalArgumentException if no page has such a path; the message says why
   */
  public static String normalPath(String path) {
    return Tags.normalPath(path);
  }

  /**
   * Purges every page.
   *
   * @throws PageStoreException if the purge may not have reached all nodes; do not report success
   */
  public void purgeAll() {
    purge(Tags.EVERYTHING);
  }

  /**
   * {@return a snapshot of what happened so far on this node} Asks a shared store how much it
   * holds.
   */
  public CacheStats stats() {
    return counters.snapshot(store.bytes(), lookups.sharedBytes());
  }
}
