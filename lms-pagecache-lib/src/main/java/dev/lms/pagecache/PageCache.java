package dev.lms.pagecache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /** Reasons that are about one request or one moment, not about the page. */
  private static final Set<Reason> PASSING =
      EnumSet.of(Reason.ABORTED, Reason.IDENTITY, Reason.PURGED, Reason.STORE);

  /** What is known about the page of a key besides the store. */
  private record Note(boolean personal, Instant until) {}

  private final PageStore store;
  private final InstantSource clock;
  private final int maxPageBytes;
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
   * of its own, which is stored if it may be.
   *
   * @param asked the key
   * @param asker who is asking
   * @param renderer renders the page
   * @return where the answer came from
   * @throws IOException from the renderer
   */
  public Outcome get(PageKey asked, Asker asker, Renderer renderer) throws IOException {
    PageKey key = keyFor(asked, asker);
    return counted(key, answer(key, renderer));
  }

  private Outcome answer(PageKey key, Renderer renderer) throws IOException {
    long ticket = flights.ticket();
    Optional<PageStore.Lookup> found = lookup(key);
    if (found.isEmpty()) {
      return withoutStore(key, renderer);
    }
    if (found.get() instanceof PageStore.Hit hit) {
      return Outcome.hit(hit.page());
    }
    Stamp stamp = ((PageStore.Miss) found.get()).stamp();
    if (noteOf(key) != null) {
      return render(key, stamp, renderer, null);
    }
    Flights.Boarding boarding = flights.board(key, stamp);
    return boarding.leads()
        ? lead(key, stamp, ticket, renderer, boarding.flight())
        : follow(key, stamp, renderer, boarding.flight());
  }

  /** The person's own key, once the page is known to be personal. */
  private PageKey keyFor(PageKey asked, Asker asker) {
    Note note = noteOf(asked);
    return note != null && note.personal() ? asked.withVariant(Variant.user(asker)) : asked;
  }

  private Outcome lead(
      PageKey key, Stamp stamp, long ticket, Renderer renderer, Flights.Flight flight)
      throws IOException {
    try {
      if (flights.landedSince(ticket, key)
          && lookup(key).orElse(null) instanceof PageStore.Hit hit) {
        flight.land(hit.page());
        return Outcome.hit(hit.page());
      }
      return render(key, stamp, renderer, flight);
    } finally {
      flight.giveUp();
    }
  }

  private Outcome follow(PageKey key, Stamp stamp, Renderer renderer, Flights.Flight flight)
      throws IOException {
    Optional<Page> shared = flight.await(maxWait);
    return shared.isPresent()
        ? Outcome.collapsed(shared.get())
        : render(key, stamp, renderer, null);
  }

  private Outcome render(
      PageKey key, Stamp stamp, Renderer renderer, Flights.@Nullable Flight flight)
      throws IOException {
    Instant began = clock.instant();
    Renderer.Rendering rendering;
    try {
      rendering = renderer.render(key, flight == null ? () -> {} : flight::giveUp);
    } catch (IOException | RuntimeException | Error e) {
      counted(
          key,
          Outcome.passed(Outcome.Source.MISS, key.variant(), Optional.empty(), Reason.ABORTED));
      throw e;
    }
    if (rendering instanceof Renderer.Passed passed) {
      if (!PASSING.contains(passed.reason())) {
        note(key, false);
      }
      return Outcome.passed(Outcome.Source.MISS, key.variant(), Optional.empty(), passed.reason());
    }
    counters.rendered(key.route(), Duration.between(began, clock.instant()));
    Page page = ((Renderer.Storable) rendering).page();
    PageKey own = key.withVariant(page.variant());
    if (own.equals(key)) {
      notes.invalidate(key);
    } else {
      note(key, true);
    }
    Outcome outcome = store(own, page, stamp);
    if (flight != null && own.equals(key)) {
      flight.land(page);
    }
    return outcome;
  }

  private Outcome store(PageKey key, Page page, Stamp stamp) {
    try {
      return store.store(key, page, stamp)
          ? Outcome.stored(page)
          : Outcome.passed(Outcome.Source.MISS, key.variant(), Optional.of(page), Reason.PURGED);
    } catch (PageStoreException e) {
      return Outcome.passed(Outcome.Source.MISS, key.variant(), Optional.of(page), Reason.STORE);
    }
  }

  private Outcome withoutStore(PageKey key, Renderer renderer) throws IOException {
    Optional<Page> page =
        renderer.render(key, () -> {}) instanceof Renderer.Storable storable
            ? Optional.of(storable.page())
            : Optional.empty();
    return Outcome.passed(Outcome.Source.BYPASS, key.variant(), page, Reason.STORE);
  }

  /** Empty during an outage; after one the store is left in peace for a moment. */
  private Optional<PageStore.Lookup> lookup(PageKey key) {
    if (clock.instant().isBefore(storeRestsUntil)) {
      return Optional.empty();
    }
    try {
      return Optional.of(store.lookup(key));
    } catch (PageStoreException e) {
      storeRestsUntil = clock.instant().plus(OUTAGE_PAUSE);
      return Optional.empty();
    }
  }

  private @Nullable Note noteOf(PageKey key) {
    Note note = notes.getIfPresent(key);
    return note != null && clock.instant().isBefore(note.until()) ? note : null;
  }

  private void note(PageKey key, boolean personal) {
    notes.put(key, new Note(personal, clock.instant().plus(MEMORY)));
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
   * @return a hit, or a miss for a reason
   */
  public Outcome peek(PageKey asked, Asker asker) {
    PageKey key = keyFor(asked, asker);
    Optional<PageStore.Lookup> found = lookup(key);
    if (found.isEmpty()) {
      return counted(
          key,
          Outcome.passed(Outcome.Source.BYPASS, key.variant(), Optional.empty(), Reason.STORE));
    }
    return counted(
        key,
        found.get() instanceof PageStore.Hit hit
            ? Outcome.hit(hit.page())
            : Outcome.passed(Outcome.Source.MISS, key.variant(), Optional.empty(), Reason.HEAD));
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
      case HIT, COLLAPSED -> counters.served(route, outcome.variant(), bytes);
      case MISS, BYPASS -> {}
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
   * Purges every page.
   *
   * @throws PageStoreException as {@link #purge}
   */
  public void purgeAll() {
    purge(Tags.EVERYTHING);
  }

  /**
   * What happened so far on this node.
   *
   * @return a snapshot
   */
  public CacheStats stats() {
    return counters.snapshot(store.bytes());
  }
}
