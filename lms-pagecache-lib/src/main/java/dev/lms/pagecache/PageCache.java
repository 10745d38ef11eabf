package dev.lms.pagecache;

import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves pages from a store, renders what is missing once for all who wait, and purges. Knows
 * nothing of HTTP servers. Safe for use by several threads.
 */
public final class PageCache {
  /** Longest body that is stored unless set otherwise: 1 MiB. */
  public static final int DEFAULT_MAX_PAGE_BYTES = 1 << 20;

  /** How long a request waits for another's render unless set otherwise. */
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(5);

  static final int MEMORY_BYTES = 4 << 20;

  private final PageStore store;
  private final InstantSource clock;
  private final int maxPageBytes;
  private final @Nullable Background background;
  private final Counters counters = new Counters();
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
        Breaker::onThreadOfItsOwn);
  }

  /** With a time of its own for all that has to pass. */
  PageCache(
      PageStore store,
      InstantSource clock,
      int maxPageBytes,
      Duration maxWait,
      @Nullable Executor executor,
      LongSupplier nanos,
      Executor prober) {
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
            lookups, flights, notes, rendering, clock, nanos, maxWait, background != null);
  }

  /**
   * A cache with the settings that {@link #builder} begins with.
   *
   * @param store where pages are kept; stays the caller's to close
   * @return the cache
   */
  public static PageCache of(PageStore store) {
    return builder(store).build();
  }

  /**
   * Begins a cache.
   *
   * @param store where pages are kept; stays the caller's to close
   * @return a builder
   */
  public static Builder builder(PageStore store) {
    return new Builder(store);
  }

  /** Settings of a cache. Not safe for use by several threads. */
  public static final class Builder {
    private final PageStore store;
    private InstantSource clock = InstantSource.system();
    private int maxPageBytes = DEFAULT_MAX_PAGE_BYTES;
    private Duration maxWait = DEFAULT_MAX_WAIT;
    private @Nullable Executor background;

    private Builder(PageStore store) {
      this.store = store;
    }

    /**
     * Tells ages and lifetimes, unless that is the clock of the system.
     *
     * @param source the clock, the same as the store's
     * @return this
     */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /**
     * The longest body that is stored, unless it is {@link #DEFAULT_MAX_PAGE_BYTES}.
     *
     * @param bytes its length
     * @return this
     */
    public Builder maxPageBytes(int bytes) {
      maxPageBytes = bytes;
      return this;
    }

    /**
     * How long a request waits for another's render before it renders itself, unless it is {@link
     * #DEFAULT_MAX_WAIT}.
     *
     * @param longest the longest wait
     * @return this
     */
    public Builder maxWait(Duration longest) {
      maxWait = longest;
      return this;
    }

    /**
     * Renders pages for strangers anew in the background, while their {@link
     * PageRule#staleWhileRevalidate} lasts. Without it, and for all other pages, one request
     * renders while the others get the stale page.
     *
     * @param executor runs the renders; stays the caller's to close
     * @return this
     */
    public Builder background(Executor executor) {
      background = executor;
      return this;
    }

    /**
     * Builds the cache.
     *
     * @return the cache
     */
    public PageCache build() {
      return new PageCache(this);
    }
  }

  /** Tells ages and lifetimes. */
  InstantSource clock() {
    return clock;
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
   * Renders a page anew that was just served stale, in the background. Does nothing if that is
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
                Outcome.Source.MISS, Variant.Kind.of(key), Optional.empty(), Reason.HEAD));
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

  /**
   * Notes that an answer went past the cache.
   *
   * @param route the name of the route, for statistics
   * @param who what whoever is asking has in common with others
   * @param reason why
   * @return the outcome
   */
  Outcome bypass(String route, Variant.Kind who, Reason reason) {
    Outcome outcome = Outcome.passed(Outcome.Source.BYPASS, who, Optional.empty(), reason);
    counters.count(route, outcome);
    return outcome;
  }

  private Outcome counted(PageKey key, Outcome outcome) {
    counters.count(key.route(), outcome);
    return outcome;
  }

  /**
   * Notes how much of an answer was sent, for statistics. Only answers that needed no render of
   * their own count.
   *
   * @param route the name of the route
   * @param outcome where the answer came from
   * @param bytes length of the body as it was sent; zero if the client had it already
   */
  void sent(String route, Outcome outcome, long bytes) {
    switch (outcome.source()) {
      case HIT, STALE, STALE_IF_ERROR, COLLAPSED -> counters.served(route, outcome.who(), bytes);
      case MISS, EXPIRED, REQUEST, BYPASS -> {}
    }
  }

  /**
   * Makes every page with one of these tags unusable: a request that starts after this returned, on
   * any node that shares the store, gets no page whose render started before.
   *
   * @param tags the tags, at least one
   * @throws IllegalArgumentException if there is none, or one that no page has: empty, with a
   *     comma, a control character or white space around it
   * @throws PageStoreException if the purge may not have reached all nodes; the caller must not
   *     report success
   */
  public void purge(String... tags) {
    store.purge(Tags.checked(tags));
  }

  /**
   * Purges all pages of a path, whatever their query and variant.
   *
   * @param rawPath the path alone, in any spelling that RFC 3986 section 6.2.2 says is the same;
   *     characters that no URI holds stand for their UTF-8
   * @throws IllegalArgumentException if it is a URL, has a query or a fragment, or starts without a
   *     slash
   * @throws PageStoreException as {@link #purge}
   */
  public void purgePath(String rawPath) {
    purgePaths(List.of(rawPath));
  }

  /**
   * Purges all pages whose path starts with this one, whatever their query and variant: {@code
   * purgePrefix("/course/cs101/")} purges {@code /course/cs101/view} and {@code
   * /course/cs101/week/1}, not {@code /course/cs101} nor {@code /course/cs1012/view}. Below sixteen
   * segments the whole sixteenth is purged.
   *
   * @param rawPrefix the beginning of paths as they stand in requests; starts and ends with a slash
   * @throws IllegalArgumentException if it does not
   * @throws PageStoreException as {@link #purge}
   */
  public void purgePrefix(String rawPrefix) {
    purge(Tags.ofFolder(rawPrefix));
  }

  /**
   * Purges without waiting for the near copies of other nodes, where there are any: a request that
   * starts later and shows the receipt gets no page from before, on any node. Others may be shown
   * one for up to a second.
   *
   * @param tags the tags, at least one
   * @return to be handed to whoever made the change, and shown by their next requests
   * @throws IllegalArgumentException as {@link #purge}
   * @throws PageStoreException if the purge may not have reached the store
   */
  public Receipt purgeWithReceipt(String... tags) {
    return Receipt.of(store.purgeWithoutWaiting(Tags.checked(tags)));
  }

  /**
   * Purges all pages of some paths, whatever their query and variant.
   *
   * @param rawPaths the paths, at least one, each as in {@link #purgePath}
   * @throws IllegalArgumentException as {@link #purgePath}, or if there is none
   * @throws PageStoreException as {@link #purge}
   */
  public void purgePaths(Collection<String> rawPaths) {
    if (rawPaths.isEmpty()) {
      throw new IllegalArgumentException(
          "No path is given, so nothing would be purged; name one, or use purgeAll for every page");
    }
    store.purge(rawPaths.stream().map(Tags::normalPath).map(Tags::ofPath).toList());
  }

  /**
   * A path as keys have it, for whoever wants to look for it.
   *
   * @param path a path alone, raw or with characters that a URI spells otherwise: {@code /café} is
   *     {@code /caf%C3%A9}
   * @return its normal form
   * @throws IllegalArgumentException if no page has such a path, saying why
   */
  public static String normalPath(String path) {
    return Tags.normalPath(path);
  }

  /**
   * Purges every page.
   *
   * @throws PageStoreException as {@link #purge}
   */
  public void purgeAll() {
    purge(Tags.EVERYTHING);
  }

  /**
   * What happened so far on this node. Asks a shared store how much it holds.
   *
   * @return a snapshot
   */
  public CacheStats stats() {
    return counters.snapshot(store.bytes(), lookups.sharedBytes());
  }
}
