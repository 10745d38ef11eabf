package dev.lms.pagecache;

import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /** For ever, as far as clocks count it. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  static final int MEMORY_BYTES = 4 << 20;

  /** How often a request boards a flight whose page it may not use, until it renders alone. */
  private static final int MOST_FLIGHTS = 3;

  /** Nothing is stored under it. */
  private static final PageKey NOTHING = PageKey.builder("", "").of(Variant.UNKNOWN.text());

  private static final System.Logger LOG = System.getLogger(PageCache.class.getName());

  /** Reasons for which a stale page may stand in. */
  private static final Set<Reason> FAILURES = EnumSet.of(Reason.ABORTED, Reason.ERROR);

  private final PageStore store;
  private final InstantSource clock;
  private final int maxPageBytes;
  private final @Nullable Background background;
  private final Duration maxWait;
  private final Flights flights = new Flights();
  private final Counters counters = new Counters();
  private final Notes notes;
  private final Breaker breaker;
  private final LongSupplier nanos;
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
    this(
        store, clock, maxPageBytes, maxWait, executor, System::nanoTime, Breaker::onThreadOfItsOwn);
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
    this.background = executor == null ? null : new Background(executor);
    this.nanos = nanos;
    this.notes = new Notes(MEMORY_BYTES, nanos);
    this.breaker = new Breaker(() -> store.lookup(NOTHING, Stamp.NONE), prober, nanos);
    this.store = store;
    this.clock = clock;
    this.maxPageBytes = maxPageBytes;
    this.maxWait = maxWait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : maxWait;
  }

  /**
   * The clock of the cache.
   *
   * @return the clock
   */
  InstantSource clock() {
    return clock;
  }

  /**
   * Longest body that is stored.
   *
   * @return bytes
   */
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
    return counted(key, answer(key, request, renderer));
  }

  private Outcome answer(PageKey key, PresentedRequest request, Renderer renderer)
      throws IOException {
    long ticket = flights.ticket();
    Optional<Found> found = find(key, request);
    return found.isEmpty()
        ? withoutStore(key, ticket, request, renderer)
        : answer(found.get(), ticket, request, renderer);
  }

  /** The person's own key, once the page is known to be personal. */
  private PageKey keyFor(PageKey asked, Asker asker) {
    return notes.isPersonal(asked) ? asked.withVariant(Variant.user(asker).text()) : asked;
  }

  /**
   * What the store has for a request.
   *
   * @param primary the key without secondary part
   * @param key the key the page would be found under, as far as it is known
   * @param page a stored page, fresh or not
   * @param reuse what may be done with it
   * @param stamp for a render; absent where a fresh page was found
   * @param list the list of fields that pages vary by, if there is one
   */
  private record Found(
      PageKey primary,
      PageKey key,
      Optional<Page> list,
      Optional<Page> page,
      ReusePolicy.Reuse reuse,
      Optional<Stamp> stamp) {}

  /** Empty during an outage. */
  private Optional<Found> find(PageKey primary, PresentedRequest request) {
    PageKey key = primary;
    Optional<Page> list = Optional.empty();
    Optional<PageStore.Lookup> found = lookup(key, request);
    if (found.isPresent() && found.get() instanceof PageStore.Hit hit) {
      List<String> varying = hit.page().answer().varyingFields();
      if (!varying.isEmpty()) {
        list = Optional.of(hit.page());
        key = Keys.selecting(primary, varying, request.fields());
        found = lookup(key, request);
      }
    }
    return found.isPresent()
        ? Optional.of(found(primary, key, list, found.get(), request))
        : Optional.empty();
  }

  private Found found(
      PageKey primary,
      PageKey key,
      Optional<Page> list,
      PageStore.Lookup lookup,
      PresentedRequest request) {
    Optional<Page> page =
        lookup instanceof PageStore.Hit hit
            ? Optional.of(hit.page())
            : ((PageStore.Miss) lookup).stale();
    Optional<Stamp> stamp =
        lookup instanceof PageStore.Miss miss ? Optional.of(miss.stamp()) : Optional.empty();
    ReusePolicy.Reuse reuse =
        page.isPresent() ? request.judge(page.get(), clock.instant()) : ReusePolicy.Reuse.VALIDATE;
    return new Found(primary, key, list, page, reuse, stamp);
  }

  private Outcome answer(Found found, long ticket, PresentedRequest request, Renderer renderer)
      throws IOException {
    if (found.reuse() == ReusePolicy.Reuse.USE) {
      return Outcome.hit(found.primary(), found.page().orElseThrow());
    }
    boolean staleWillDo = found.reuse() == ReusePolicy.Reuse.USE_AND_REVALIDATE;
    if (staleWillDo && revalidatesInBackground(found.primary())) {
      return Outcome.stale(found.primary(), found.page().orElseThrow());
    }
    if (found.stamp().isEmpty() || (notes.isUncacheable(found.key()) && !staleWillDo)) {
      return render(found, request, renderer, null);
    }
    Stamp stamp = found.stamp().get();
    Waiting waiting = new Waiting(ticket);
    Flights.Boarding boarding = board(found.key(), stamp, request);
    for (int i = 1; ; i++) {
      if (boarding.leads()) {
        return lead(found, ticket, request, renderer, boarding.flight());
      }
      if (staleWillDo) {
        return Outcome.stale(found.primary(), found.page().orElseThrow());
      }
      Optional<Flights.Landing> landing = waiting.await(boarding.flight());
      if (landing.isEmpty() || !isFor(landing.get(), found.primary(), request)) {
        break;
      }
      if (waiting.suits(boarding.flight(), landing.get(), stamp, request)) {
        return brought(found.primary(), landing.get());
      }
      if (i == MOST_FLIGHTS) {
        break;
      }
      boarding = flights.boardAfter(boarding.flight(), stamp);
    }
    return render(found, request, renderer, null);
  }

  private Flights.Boarding board(PageKey key, @Nullable Stamp stamp, PresentedRequest request) {
    Set<String> known = new HashSet<>(request.rule().tags());
    known.add(Tags.EVERYTHING);
    known.add(Tags.ofPath(key.path()));
    known.addAll(Tags.ofFolders(key.path()));
    return flights.board(key, stamp, known, store::isKnownToBePurged);
  }

  /** A request that waits for others' renders, in all no longer than the longest wait. */
  private final class Waiting {
    private final long ticket;
    private final long giveUp = nanos.getAsLong() + maxWait.toNanos();

    Waiting(long ticket) {
      this.ticket = ticket;
    }

    Optional<Flights.Landing> await(Flights.Flight flight) {
      return flight.await(Duration.ofNanos(giveUp - nanos.getAsLong()));
    }

    boolean suits(
        Flights.Flight flight,
        Flights.Landing landing,
        @Nullable Stamp stamp,
        PresentedRequest request) {
      // What the leader found may be older than a receipt that the leader did not show.
      return flight.suits(landing, ticket, stamp)
          && (request.receipt().isEmpty() || landing.origin() == Flights.Origin.RENDERED);
    }
  }

  private static Outcome brought(PageKey key, Flights.Landing landing) {
    return landing.stale()
        ? Outcome.staleIfError(key, landing.page(), Reason.ABORTED)
        : Outcome.collapsed(key, landing.page());
  }

  private Outcome lead(
      Found found, long ticket, PresentedRequest request, Renderer renderer, Flights.Flight flight)
      throws IOException {
    try {
      if (flights.landedSince(ticket, found.key())) {
        Found again = find(found.primary(), request).orElse(found);
        if (again.reuse() == ReusePolicy.Reuse.USE) {
          Page page = again.page().orElseThrow();
          flight.land(new Flights.Landing(again.key(), page, Flights.Origin.FOUND, 0));
          return Outcome.hit(found.primary(), page);
        }
      }
      return render(found, request, renderer, flight);
    } finally {
      flight.giveUp();
    }
  }

  /** Whether what another request brought may answer this one too. */
  private boolean isFor(Flights.Landing landing, PageKey primary, PresentedRequest request) {
    Page page = landing.page();
    if (!request.keyOf(page, primary).equals(landing.key())) {
      return false;
    }
    return landing.stale()
        ? request.takesInstead(page, clock.instant())
        : !request.followsRfc9111()
            || request.judge(page, clock.instant()) == ReusePolicy.Reuse.USE;
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
    long began = nanos.getAsLong();
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
      notes.passed(found.key(), passed.reason(), flight != null);
      return passed(found, Optional.empty(), passed.reason());
    }
    counters.rendered(found.primary().route(), Duration.ofNanos(nanos.getAsLong() - began));
    return rendered(found, (Renderer.Storable) rendering, request, flight);
  }

  private Outcome rendered(
      Found found,
      Renderer.Storable rendering,
      PresentedRequest request,
      Flights.@Nullable Flight flight) {
    Page page = rendering.page();
    PageKey own = rendering.key();
    if (!own.equals(found.primary())) {
      notes.personal(found.primary());
    } else if (request.followsRfc9111() && !page.isFresh(clock.instant())) {
      notes.uncacheable(
          found.key()); // To be validated at each use: nobody should wait for another.
    } else {
      notes.forget(found.key());
    }
    PageKey key = request.keyOf(page, own);
    // Whoever asked before this is told of every purge that had returned by what the store says.
    long moment = flight == null ? 0 : flights.moment();
    Outcome outcome = store(found, own, key, page, request);
    if (flight != null && own.equals(found.primary())) {
      long confirmed = isConfirmed(outcome) ? moment : 0;
      flight.land(new Flights.Landing(key, page, Flights.Origin.RENDERED, confirmed));
    }
    return outcome;
  }

  /** Whether the store found that the page was not purged since the stamp. */
  private static boolean isConfirmed(Outcome outcome) {
    return outcome.stored()
        || outcome
            .reason()
            .filter(EnumSet.of(Reason.ASKED_ONCE, Reason.FULL)::contains)
            .isPresent();
  }

  /** A stale page for a render that failed, if one is allowed and was not purged meanwhile. */
  private Optional<Page> standIn(Found found, PresentedRequest request) {
    if (found.page().isEmpty()) {
      return Optional.empty();
    }
    return find(found.primary(), request)
        .flatMap(Found::page)
        .filter(page -> request.takesInstead(page, clock.instant()));
  }

  private Outcome standsIn(Found found, Page page, Reason reason, Flights.@Nullable Flight flight) {
    if (flight != null) {
      flight.land(new Flights.Landing(found.key(), page, Flights.Origin.STANDS_IN, 0));
    }
    return Outcome.staleIfError(found.primary(), page, reason);
  }

  private static Outcome passed(Found found, Optional<Page> page, Reason reason) {
    return Outcome.passed(sourceOf(found), Variant.Kind.of(found.primary()), page, reason);
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
    Breaker.Spell asked = breaker.enter();
    if (asked == null) {
      return passed(found, Optional.of(page), Reason.STORE);
    }
    Stamp stamp = found.stamp().get();
    try {
      if (!key.equals(own)) {
        store.store(own, listOfVaryingFields(found, own, page, request), stamp);
      }
      return switch (store.store(key, page, stamp)) {
        case KEPT -> Outcome.stored(sourceOf(found), key, page);
        case PURGED -> passed(found, Optional.of(page), Reason.PURGED);
        case ASKED_ONCE -> passed(found, Optional.of(page), Reason.ASKED_ONCE);
        case FULL -> passed(found, Optional.of(page), Reason.FULL);
      };
    } catch (PageStoreException e) {
      breaker.failed(asked, e);
      return passed(found, Optional.of(page), Reason.STORE);
    }
  }

  /** It lasts as long as the page that lasts longest, of those it was known for so far. */
  private static Page listOfVaryingFields(
      Found found, PageKey own, Page page, PresentedRequest request) {
    Duration lasts = Duration.between(page.renderedAt(), page.keptUntil());
    Duration longest =
        found
            .list()
            .map(list -> Duration.between(page.renderedAt(), list.keptUntil()))
            .filter(known -> known.compareTo(lasts) > 0)
            .orElse(lasts);
    return Page.of(
        Answer.varyingBy(request.selectingFields(page)),
        own,
        page.tags(),
        page.renderedAt(),
        longest,
        Duration.ZERO);
  }

  /**
   * Only pages for strangers are rendered where nobody waits: the render of any other needs to know
   * who is asking, and that is known of a request, not of a thread.
   */
  private boolean revalidatesInBackground(PageKey key) {
    return background != null && key.variant().equals(Variant.ANON.text());
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
    Flights.Boarding boarding = board(found.get().key(), found.get().stamp().get(), request);
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

  /**
   * Without the store nobody knows of purges, so a request is only given what was rendered after it
   * began: those who come during a render wait for the next one, together.
   */
  private Outcome withoutStore(
      PageKey key, long ticket, PresentedRequest request, Renderer renderer) throws IOException {
    if (notes.isUncacheable(key)) {
      return alone(key, renderer);
    }
    Waiting waiting = new Waiting(ticket);
    Flights.Boarding boarding = board(key, null, request);
    for (int i = 1; ; i++) {
      if (boarding.leads()) {
        return leadWithoutStore(key, request, renderer, boarding.flight());
      }
      Optional<Flights.Landing> landing = waiting.await(boarding.flight());
      if (landing.isEmpty() || !isFor(landing.get(), key, request)) {
        break;
      }
      if (waiting.suits(boarding.flight(), landing.get(), null, request)) {
        return brought(key, landing.get());
      }
      if (i == MOST_FLIGHTS) {
        break;
      }
      boarding = flights.boardAfter(boarding.flight(), null);
    }
    return alone(key, renderer);
  }

  private Outcome leadWithoutStore(
      PageKey key, PresentedRequest request, Renderer renderer, Flights.Flight flight)
      throws IOException {
    try {
      Renderer.Rendering rendering = renderer.render(key, Optional.empty(), flight::giveUp);
      if (rendering instanceof Renderer.Passed passed) {
        notes.passed(key, passed.reason(), true);
      } else if (rendering instanceof Renderer.Storable storable && storable.key().equals(key)) {
        Page page = storable.page();
        flight.land(
            new Flights.Landing(request.keyOf(page, key), page, Flights.Origin.RENDERED, 0));
      }
      return withoutStore(key, rendering);
    } finally {
      flight.giveUp();
    }
  }

  private static Outcome alone(PageKey key, Renderer renderer) throws IOException {
    return withoutStore(key, renderer.render(key, Optional.empty(), () -> {}));
  }

  private static Outcome withoutStore(PageKey key, Renderer.Rendering rendering) {
    Optional<Page> page =
        rendering instanceof Renderer.Storable storable
            ? Optional.of(storable.page())
            : Optional.empty();
    return Outcome.passed(Outcome.Source.BYPASS, Variant.Kind.of(key), page, Reason.STORE);
  }

  /** Empty during an outage; nobody waits for a store that did not answer. */
  private Optional<PageStore.Lookup> lookup(PageKey key, PresentedRequest request) {
    Breaker.Spell asked = breaker.enter();
    if (asked == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(store.lookup(key, request.seen()));
    } catch (PageStoreException e) {
      breaker.failed(asked, e);
      return Optional.empty();
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
    Optional<Found> found = find(key, request);
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
    Optional<Found> found = find(key, request);
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
    return counters.snapshot(store.bytes(), sharedBytes());
  }

  /** What is known last, while the store cannot be reached. */
  private long sharedBytes() {
    Breaker.Spell asked = breaker.enter();
    if (asked != null) {
      try {
        sharedBytes = store.sharedBytes();
      } catch (PageStoreException e) {
        breaker.failed(asked, e);
      }
    }
    return sharedBytes;
  }
}
