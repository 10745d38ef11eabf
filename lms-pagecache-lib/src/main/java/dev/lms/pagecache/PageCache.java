package dev.lms.pagecache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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

  private static final Duration MEMORY = Duration.ofMinutes(1);
  static final int MEMORY_BYTES = 4 << 20;
  private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(PageCache.class.getName());

  /** Reasons for which a stale page may stand in. */
  private static final Set<Reason> FAILURES = EnumSet.of(Reason.ABORTED, Reason.ERROR);

  /** Reasons that are about one request or one moment, not about the page. */
  private static final Set<Reason> PASSING =
      EnumSet.of(
          Reason.ABORTED,
          Reason.IDENTITY,
          Reason.PURGED,
          Reason.STORE,
          Reason.ASKED_ONCE,
          Reason.FULL);

  /**
   * What is known about the page of a key besides the store.
   *
   * @param personal whether each person has their own
   * @param passed why it was not stored, if it was not
   */
  private record Note(boolean personal, Optional<Reason> passed, Instant until) {}

  private final PageStore store;
  private final InstantSource clock;
  private final int maxPageBytes;
  private final @Nullable Background background;
  private final Duration maxWait;
  private final Flights flights = new Flights();
  private final Counters counters = new Counters();
  private final Cache<PageKey, Note> notes =
      Caffeine.newBuilder()
          .maximumWeight(MEMORY_BYTES)
          .<PageKey, Note>weigher((key, note) -> 128 + 2 * key.text().length())
          .executor(Runnable::run)
          .build();
  private volatile Instant storeRestsUntil = Instant.MIN;
  private volatile long sharedBytes;

  /**
   * A cache with default limits.
   *
   * @param store where pages are kept
   * @param clock tells ages and lifetimes
   */
  public PageCache(PageStore store, InstantSource clock) {
    this(store, clock, DEFAULT_MAX_PAGE_BYTES, DEFAULT_MAX_WAIT);
  }

  /**
   * A cache.
   *
   * @param store where pages are kept
   * @param clock tells ages and lifetimes
   * @param maxPageBytes longest body that is stored
   * @param maxWait how long a request waits for another's render before it renders itself
   */
  public PageCache(PageStore store, InstantSource clock, int maxPageBytes, Duration maxWait) {
    this(store, clock, maxPageBytes, maxWait, null);
  }

  /**
   * A cache that renders pages for strangers anew in the background, while their {@link
   * PageRule#staleWhileRevalidate} lasts. Without an executor, and for all other pages, one request
   * renders while the others get the stale page.
   *
   * @param store where pages are kept
   * @param clock tells ages and lifetimes
   * @param maxPageBytes longest body that is stored
   * @param maxWait how long a request waits for another's render before it renders itself
   * @param executor runs the renders; stays the caller's to close
   */
  public PageCache(
      PageStore store,
      InstantSource clock,
      int maxPageBytes,
      Duration maxWait,
      @Nullable Executor executor) {
    this.background = executor == null ? null : new Background(executor);
    this.store = store;
    this.clock = clock;
    this.maxPageBytes = maxPageBytes;
    this.maxWait = maxWait;
  }

  /**
   * The clock of the cache.
   *
   * @return the clock
   */
  public InstantSource clock() {
    return clock;
  }

  /**
   * Longest body that is stored.
   *
   * @return bytes
   */
  public int maxPageBytes() {
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
  public Outcome get(PageKey asked, Asker asker, PresentedRequest request, Renderer renderer)
      throws IOException {
    PageKey key = keyFor(asked, asker);
    return counted(key, answer(key, request, renderer));
  }

  private Outcome answer(PageKey key, PresentedRequest request, Renderer renderer)
      throws IOException {
    long ticket = flights.ticket();
    Optional<Found> found = find(key, request);
    return found.isEmpty()
        ? withoutStore(key, renderer)
        : answer(found.get(), ticket, request, renderer);
  }

  /** The person's own key, once the page is known to be personal. */
  private PageKey keyFor(PageKey asked, Asker asker) {
    Note note = noteOf(asked);
    return note != null && note.personal() ? asked.withVariant(Variant.user(asker)) : asked;
  }

  /**
   * What the store has for a request.
   *
   * @param primary the key without secondary part
   * @param key the key the page would be found under, as far as it is known
   * @param page a stored page, fresh or not
   * @param reuse what may be done with it
   * @param stamp for a render; absent where a fresh page was found
   */
  private record Found(
      PageKey primary,
      PageKey key,
      Optional<Page> page,
      ReusePolicy.Reuse reuse,
      Optional<Stamp> stamp) {}

  /** Empty during an outage. */
  private Optional<Found> find(PageKey primary, PresentedRequest request) {
    PageKey key = primary;
    Optional<PageStore.Lookup> found = lookup(key, request);
    if (found.isPresent() && found.get() instanceof PageStore.Hit hit) {
      List<String> varying = hit.page().varyingFields();
      if (!varying.isEmpty()) {
        key = primary.selecting(varying, request.fields());
        found = lookup(key, request);
      }
    }
    return found.isPresent()
        ? Optional.of(found(primary, key, found.get(), request))
        : Optional.empty();
  }

  private Found found(
      PageKey primary, PageKey key, PageStore.Lookup lookup, PresentedRequest request) {
    Optional<Page> page =
        lookup instanceof PageStore.Hit hit
            ? Optional.of(hit.page())
            : ((PageStore.Miss) lookup).stale();
    Optional<Stamp> stamp =
        lookup instanceof PageStore.Miss miss ? Optional.of(miss.stamp()) : Optional.empty();
    ReusePolicy.Reuse reuse =
        page.isPresent()
            ? ReusePolicy.judge(page.get(), request, clock.instant())
            : ReusePolicy.Reuse.VALIDATE;
    return new Found(primary, key, page, reuse, stamp);
  }

  private Outcome answer(Found found, long ticket, PresentedRequest request, Renderer renderer)
      throws IOException {
    if (found.reuse() == ReusePolicy.Reuse.USE) {
      return Outcome.hit(found.page().orElseThrow());
    }
    boolean staleWillDo = found.reuse() == ReusePolicy.Reuse.USE_AND_REVALIDATE;
    if (staleWillDo && revalidatesInBackground(found.primary())) {
      return Outcome.stale(found.page().orElseThrow());
    }
    if (found.stamp().isEmpty() || (noteOf(found.key()) != null && !staleWillDo)) {
      return render(found, request, renderer, null);
    }
    Flights.Boarding boarding = flights.board(found.key(), found.stamp().get());
    if (boarding.leads()) {
      return lead(found, ticket, request, renderer, boarding.flight());
    }
    return staleWillDo
        ? Outcome.stale(found.page().orElseThrow())
        : follow(found, request, renderer, boarding.flight());
  }

  private Outcome lead(
      Found found, long ticket, PresentedRequest request, Renderer renderer, Flights.Flight flight)
      throws IOException {
    try {
      if (flights.landedSince(ticket, found.key())) {
        Found again = find(found.primary(), request).orElse(found);
        if (again.reuse() == ReusePolicy.Reuse.USE) {
          Page page = again.page().orElseThrow();
          flight.land(new Flights.Landing(again.key(), page, false));
          return Outcome.hit(page);
        }
      }
      return render(found, request, renderer, flight);
    } finally {
      flight.giveUp();
    }
  }

  private Outcome follow(
      Found found, PresentedRequest request, Renderer renderer, Flights.Flight flight)
      throws IOException {
    Optional<Flights.Landing> landing =
        flight.await(maxWait).filter(brought -> isFor(brought, found, request));
    if (landing.isEmpty()) {
      return render(found, request, renderer, null);
    }
    Page page = landing.get().page();
    return landing.get().stale()
        ? Outcome.staleIfError(page, Reason.ABORTED)
        : Outcome.collapsed(page);
  }

  /** Whether what another request brought may answer this one too. */
  private boolean isFor(Flights.Landing landing, Found found, PresentedRequest request) {
    Page page = landing.page();
    if (!request.keyOf(page, found.primary()).equals(landing.key())) {
      return false;
    }
    return landing.stale()
        ? ReusePolicy.mayStandIn(page, request, clock.instant())
        : !request.followsRfc9111()
            || ReusePolicy.judge(page, request, clock.instant()) == ReusePolicy.Reuse.USE;
  }

  private Outcome render(
      Found found, PresentedRequest request, Renderer renderer, Flights.@Nullable Flight flight)
      throws IOException {
    AtomicBoolean left = new AtomicBoolean();
    Runnable nothingToShare =
        () -> {
          left.set(true);
          if (flight != null) {
            flight.giveUp();
          }
        };
    Instant began = clock.instant();
    Renderer.Rendering rendering;
    try {
      rendering = renderer.render(found.primary(), found.page(), nothingToShare);
    } catch (Throwable e) { // Errors too: whoever asks is better served with the stale page.
      Optional<Page> standIn = left.get() ? Optional.empty() : standIn(found, request);
      if (standIn.isPresent()) {
        LOG.log(System.Logger.Level.WARNING, "A stale page stands in for a render that failed", e);
        return standsIn(found, standIn.get(), Reason.ABORTED, flight);
      }
      counted(found.primary(), passed(found, Optional.empty(), Reason.ABORTED));
      throw e;
    }
    if (rendering instanceof Renderer.Passed passed) {
      if (FAILURES.contains(passed.reason()) && !left.get()) {
        Optional<Page> standIn = standIn(found, request);
        if (standIn.isPresent()) {
          return standsIn(found, standIn.get(), passed.reason(), flight);
        }
      }
      if (!PASSING.contains(passed.reason())) {
        note(found.key(), false, Optional.of(passed.reason()));
      }
      return passed(found, Optional.empty(), passed.reason());
    }
    counters.rendered(found.primary().route(), Duration.between(began, clock.instant()));
    return rendered(found, ((Renderer.Storable) rendering).page(), request, flight);
  }

  private Outcome rendered(
      Found found, Page page, PresentedRequest request, Flights.@Nullable Flight flight) {
    PageKey own = found.primary().withVariant(page.variant());
    if (!own.equals(found.primary())) {
      note(found.primary(), true, Optional.empty());
    } else if (request.followsRfc9111() && !page.isFresh(clock.instant())) {
      // To be validated at each use: nobody should wait for another.
      note(found.key(), false, Optional.empty());
    } else {
      notes.invalidate(found.key());
    }
    PageKey key = request.keyOf(page, own);
    Outcome outcome = store(found, own, key, page, request);
    if (flight != null && own.equals(found.primary())) {
      flight.land(new Flights.Landing(key, page, false));
    }
    return outcome;
  }

  /** A stale page for a render that failed, if one is allowed and was not purged meanwhile. */
  private Optional<Page> standIn(Found found, PresentedRequest request) {
    if (found.page().isEmpty()) {
      return Optional.empty();
    }
    return find(found.primary(), request)
        .flatMap(Found::page)
        .filter(page -> ReusePolicy.mayStandIn(page, request, clock.instant()));
  }

  private Outcome standsIn(Found found, Page page, Reason reason, Flights.@Nullable Flight flight) {
    if (flight != null) {
      flight.land(new Flights.Landing(found.key(), page, true));
    }
    return Outcome.staleIfError(page, reason);
  }

  private static Outcome passed(Found found, Optional<Page> page, Reason reason) {
    return Outcome.passed(sourceOf(found), found.primary().variant(), page, reason);
  }

  private static Outcome.Source sourceOf(Found found) {
    if (found.stamp().isEmpty()) {
      return Outcome.Source.REQUEST;
    }
    return found.page().isPresent() ? Outcome.Source.EXPIRED : Outcome.Source.MISS;
  }

  private Outcome store(
      Found found, PageKey own, PageKey key, Page page, PresentedRequest request) {
    if (found.stamp().isEmpty()) {
      return passed(found, Optional.of(page), Reason.REQUEST);
    }
    Stamp stamp = found.stamp().get();
    try {
      if (!key.equals(own)) {
        store.store(own, Page.listOfVaryingFields(page, request.selectingFields(page)), stamp);
      }
      return switch (store.store(key, page, stamp)) {
        case KEPT -> Outcome.stored(sourceOf(found), page);
        case PURGED -> passed(found, Optional.of(page), Reason.PURGED);
        case ASKED_ONCE -> passed(found, Optional.of(page), Reason.ASKED_ONCE);
        case FULL -> passed(found, Optional.of(page), Reason.FULL);
      };
    } catch (PageStoreException e) {
      return passed(found, Optional.of(page), Reason.STORE);
    }
  }

  /**
   * Only pages for strangers are rendered where nobody waits: the render of any other needs to know
   * who is asking, and that is known of a request, not of a thread.
   */
  private boolean revalidatesInBackground(PageKey key) {
    return background != null && key.variant().equals(Variant.ANON);
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
  public void revalidate(PageKey asked, PresentedRequest request, Renderer renderer) {
    if (background != null && revalidatesInBackground(asked)) {
      background.start(asked, () -> revalidateNow(asked, request, renderer));
    }
  }

  private void revalidateNow(PageKey key, PresentedRequest request, Renderer renderer) {
    Optional<Found> found = find(key, request);
    if (found.isEmpty()
        || found.get().stamp().isEmpty()
        || found.get().reuse() == ReusePolicy.Reuse.USE) {
      return;
    }
    Flights.Boarding boarding = flights.board(found.get().key(), found.get().stamp().get());
    if (!boarding.leads()) {
      return;
    }
    try {
      render(found.get(), request, renderer, boarding.flight());
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.WARNING, "A page could not be rendered anew", e);
    } finally {
      boarding.flight().giveUp();
    }
  }

  private Outcome withoutStore(PageKey key, Renderer renderer) throws IOException {
    Optional<Page> page =
        renderer.render(key, Optional.empty(), () -> {}) instanceof Renderer.Storable storable
            ? Optional.of(storable.page())
            : Optional.empty();
    return Outcome.passed(Outcome.Source.BYPASS, key.variant(), page, Reason.STORE);
  }

  /** Empty during an outage; after one the store is left in peace for a moment. */
  private Optional<PageStore.Lookup> lookup(PageKey key, PresentedRequest request) {
    if (storeRests()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          request.receipt().isPresent()
              ? store.lookup(key, request.receipt().get())
              : store.lookup(key));
    } catch (PageStoreException e) {
      storeRestsUntil = clock.instant().plus(OUTAGE_PAUSE);
      return Optional.empty();
    }
  }

  private boolean storeRests() {
    Instant until = storeRestsUntil;
    return !until.equals(Instant.MIN) && clock.instant().isBefore(until);
  }

  private @Nullable Note noteOf(PageKey key) {
    Note note = notes.getIfPresent(key);
    return note != null && clock.instant().isBefore(note.until()) ? note : null;
  }

  private void note(PageKey key, boolean personal, Optional<Reason> passed) {
    notes.put(key, new Note(personal, passed, clock.instant().plus(MEMORY)));
  }

  /** What is remembered besides pages, by weight. */
  long noteBytes() {
    notes.cleanUp();
    return notes.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  /**
   * Looks for a stored page without rendering one.
   *
   * @param asked the key
   * @param asker who is asking
   * @param request what decides which stored page may answer
   * @return a hit, or a miss for a reason
   */
  public Outcome peek(PageKey asked, Asker asker, PresentedRequest request) {
    PageKey key = keyFor(asked, asker);
    Optional<Found> found = find(key, request);
    if (found.isEmpty()) {
      return counted(
          key,
          Outcome.passed(Outcome.Source.BYPASS, key.variant(), Optional.empty(), Reason.STORE));
    }
    return counted(
        key,
        found.get().reuse() == ReusePolicy.Reuse.USE
            ? Outcome.hit(found.get().page().orElseThrow())
            : Outcome.passed(Outcome.Source.MISS, key.variant(), Optional.empty(), Reason.HEAD));
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
  public Optional<Reason> whyNotStored(PageKey asked, Asker asker, PresentedRequest request) {
    PageKey key = keyFor(asked, asker);
    Note note = noteOf(key);
    if (note == null || note.passed().isEmpty()) {
      return Optional.empty();
    }
    Optional<Found> found = find(key, request);
    return found.isPresent() && found.get().page().isPresent() ? Optional.empty() : note.passed();
  }

  /**
   * Notes that an answer went past the cache.
   *
   * @param route the name of the route, for statistics
   * @param variant who is asking
   * @param reason why
   * @return the outcome
   */
  public Outcome bypass(String route, Variant variant, Reason reason) {
    Outcome outcome = Outcome.passed(Outcome.Source.BYPASS, variant, Optional.empty(), reason);
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
  public void sent(String route, Outcome outcome, long bytes) {
    switch (outcome.source()) {
      case HIT, STALE, STALE_IF_ERROR, COLLAPSED ->
          counters.served(route, outcome.variant(), bytes);
      case MISS, EXPIRED, REQUEST, BYPASS -> {}
    }
  }

  /**
   * Makes every page with one of these tags unusable: a request that starts after this returned, on
   * any node that shares the store, gets no page whose render started before.
   *
   * @param tags the tags
   * @throws PageStoreException if the purge may not have reached all nodes; the caller must not
   *     report success
   */
  public void purge(String... tags) {
    store.purge(List.copyOf(Arrays.asList(tags)));
  }

  /**
   * Purges all pages of a path, whatever their query and variant.
   *
   * @param rawPath the path as it stands in requests
   * @throws PageStoreException as {@link #purge}
   */
  public void purgePath(String rawPath) {
    purge(Tags.ofPath(rawPath));
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
   * @param tags the tags
   * @return to be handed to whoever made the change, and shown by their next requests
   * @throws PageStoreException if the purge may not have reached the store
   */
  public Receipt purgeWithReceipt(String... tags) {
    return store.purgeWithReceipt(List.copyOf(Arrays.asList(tags)));
  }

  /**
   * Purges all pages of some paths, whatever their query and variant.
   *
   * @param rawPaths the paths as they stand in requests
   * @throws PageStoreException as {@link #purge}
   */
  public void purgePaths(Collection<String> rawPaths) {
    store.purge(rawPaths.stream().map(Tags::ofPath).toList());
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
    return counters.snapshot(store.bytes(), sharedBytes());
  }

  /** What is known last, while the store cannot be reached. */
  private long sharedBytes() {
    if (!storeRests()) {
      try {
        sharedBytes = store.sharedBytes();
      } catch (PageStoreException e) {
        storeRestsUntil = clock.instant().plus(OUTAGE_PAUSE);
      }
    }
    return sharedBytes;
  }
}
