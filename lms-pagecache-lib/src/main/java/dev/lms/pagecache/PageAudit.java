package dev.lms.pagecache;

import dev.lms.pagecache.audit.Comparison;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what a page that is about to be shared says about one person. For development and
 * tests: the page is rendered once more for somebody else who would share it, and what differs
 * outside the holes is reported. If something does, the page is rendered again for the same person,
 * and what then differs too, such as the time or a random token, is left out.
 *
 * <p>It changes nothing of what is stored or sent, and what goes wrong on the way is no concern of
 * the request. It finds what handlers print, of the people the program has it ask for; it proves
 * nothing about others. Safe for use by several threads.
 *
 * @param <E> what the server calls a request on its way, such as its exchange
 */
public final class PageAudit<E> {
  private static final System.Logger LOG = System.getLogger(PageAudit.class.getName());
  private static final int MOST_FINDINGS = 200;

  /** Chance can make two renders equal that need not be; three hardly. */
  private static final int REPEATS = 3;

  private final SomebodyElse<E> somebodyElse;
  private final double share;
  private final boolean personalPages;
  private final Consumer<Finding> listener;
  private final AtomicLong candidates = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<List<String>, Finding> findings = new LinkedHashMap<>();

  private PageAudit(Builder<E> builder) {
    this.somebodyElse = builder.somebodyElse;
    this.share = builder.share;
    this.personalPages = builder.personalPages;
    this.listener = builder.listener;
  }

  /**
   * Puts somebody else in the place of whoever asks.
   *
   * @param <E> what the server calls a request on its way
   */
  @FunctionalInterface
  public interface SomebodyElse<E> {
    /**
     * Renders as somebody else of the same variant: for a stranger's page another stranger, for one
     * of people who are signed in another of them, with the same roles where the page is by role.
     *
     * @param exchange the exchange without cookie and credentials; header fields may be set
     * @param asker who asks, and is not to be chosen
     * @param variant who would share the page
     * @param render to be run once, in this thread, with an exchange by which the handler takes the
     *     other for the one who asks; not to be run if there is nobody else
     * @throws IOException from the render
     */
    void inPlaceOf(E exchange, Asker asker, Variant variant, Render<E> render) throws IOException;
  }

  /**
   * One more render.
   *
   * @param <E> what the server calls a request on its way
   */
  @FunctionalInterface
  public interface Render<E> {
    /**
     * Runs the handler.
     *
     * @param exchange what it sees
     * @throws IOException from the handler
     */
    void run(E exchange) throws IOException;
  }

  /**
   * Where two people see something different.
   *
   * @param at line and column of the body, a header field, or the status, in words
   * @param before the text just before it, which both see
   * @param seen what the page says that would be shared
   * @param seenByOther what it says for somebody else
   */
  public record Place(String at, String before, String seen, String seenByOther) {}

  /** What was found out about one page. Immutable. */
  public static final class Finding {
    private final PageKey key;
    private final boolean leak;
    private final List<Place> places;
    private final List<String> reads;

    private Finding(PageKey key, boolean leak, List<Place> places, List<String> reads) {
      this.key = key;
      this.leak = leak;
      this.places = List.copyOf(places);
      this.reads = List.copyOf(reads);
    }

    /**
     * The name of the route.
     *
     * @return as its rule has it
     */
    public String route() {
      return key.route();
    }

    /**
     * The path of the page.
     *
     * @return in normal form, without its query
     */
    public String path() {
      return key.path();
    }

    /**
     * Who would share the page.
     *
     * @return what they have in common
     */
    public Variant.Kind variant() {
      return Variant.Kind.of(key);
    }

    /**
     * Whether people would have been shown what is about somebody else. Otherwise the page is one
     * person's, and the places say how little of it is about them.
     *
     * @return true for shared pages
     */
    public boolean isLeak() {
      return leak;
    }

    /**
     * What differs.
     *
     * @return in the order of the answer; none if a personal page says the same to everybody
     */
    public List<Place> places() {
      return places;
    }

    /**
     * What the handler read of its exchange, and the lines that did: the cause is among them. Where
     * there is none it knew the person from elsewhere, such as a field or a thread's local.
     *
     * @return in their order
     */
    public List<String> reads() {
      return reads;
    }

    /**
     * The finding in a sentence, which does not say what people are shown.
     *
     * @return for logs and pages
     */
    @Override
    public String toString() {
      return Advice.sentence(this);
    }
  }

  /**
   * An audit of every page about to be shared.
   *
   * @param somebodyElse stands in for whoever asks
   * @param <E> what the server calls a request on its way
   * @return the audit
   */
  public static <E> PageAudit<E> of(SomebodyElse<E> somebodyElse) {
    return builder(somebodyElse).build();
  }

  /**
   * Begins an audit.
   *
   * @param somebodyElse stands in for whoever asks
   * @param <E> what the server calls a request on its way
   * @return a builder
   */
  public static <E> Builder<E> builder(SomebodyElse<E> somebodyElse) {
    return new Builder<>(somebodyElse);
  }

  /**
   * Settings of an audit. Not safe for use by several threads.
   *
   * @param <E> what the server calls a request on its way
   */
  public static final class Builder<E> {
    private final SomebodyElse<E> somebodyElse;
    private double share = 1;
    private boolean personalPages;
    private Consumer<Finding> listener = finding -> {};

    private Builder(SomebodyElse<E> somebodyElse) {
      this.somebodyElse = somebodyElse;
    }

    /**
     * Looks at a part of the renders only, evenly spread.
     *
     * @param share from 0 (none) to 1 (each)
     * @return this
     * @throws IllegalArgumentException if it is not in between
     */
    public Builder<E> share(double share) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("A share is from 0 to 1, but got " + share);
      }
      this.share = share;
      return this;
    }

    /**
     * Looks at pages of one person too, for {@link PageAudit#advice}: how little of them is about
     * the person. Their handlers then run for somebody else who is allowed to see them.
     *
     * @return this
     */
    public Builder<E> personalPages() {
      personalPages = true;
      return this;
    }

    /**
     * Tells somebody besides the log.
     *
     * @param listener gets each finding, in the thread of the request, before its answer is sent
     * @return this
     */
    public Builder<E> reportingTo(Consumer<Finding> listener) {
      this.listener = listener;
      return this;
    }

    /**
     * Builds the audit.
     *
     * @return the audit
     */
    public PageAudit<E> build() {
      return new PageAudit<>(this);
    }
  }

  /**
   * What is true of pages by the last of their renders that was looked at.
   *
   * @return the oldest first; the newest hundreds
   */
  public List<Finding> findings() {
    lock.lock();
    try {
      return List.copyOf(findings.values());
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many renders were compared with one for somebody else.
   *
   * @return a number that grows
   */
  public long compared() {
    return compared.get();
  }

  /**
   * What would pay, going by what was counted.
   *
   * @param stats counts, also of several nodes together
   * @param findings of audits with {@link Builder#personalPages}, also of several nodes; may be
   *     empty
   * @return sentences for whoever writes the handlers, what pays most first
   */
  public static List<String> advice(CacheStats stats, Collection<Finding> findings) {
    return Advice.of(stats, findings);
  }

  /** Looks at a page that is about to be stored. */
  void look(Visit<E> visit, PageKey asked, Renderer.Storable storable) {
    boolean shared = Variant.Kind.of(storable.key()) != Variant.Kind.USER;
    if (!(shared || personalPages) || !isChosen(candidates.incrementAndGet())) {
      return;
    }
    try {
      compare(visit, asked, storable, shared);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "A page could not be compared with somebody else's", e);
    }
  }

  private boolean isChosen(long number) {
    return Math.floor(number * share) != Math.floor((number - 1) * share);
  }

  private void compare(Visit<E> visit, PageKey asked, Renderer.Storable storable, boolean shared)
      throws IOException {
    Inquiry<E> inquiry = visit.inquiry();
    LaterRequest later = new LaterRequest(inquiry.request(), inquiry.keyedHeaders());
    Asker asker = inquiry.asker().orElseThrow();
    Rerun<E> other = new Rerun<>(asked);
    somebodyElse.inPlaceOf(
        visit.handler().showing(later),
        asker,
        Variant.of(asked),
        exchange -> other.run(inquiry.instead(exchange, later), visit.handler().on(exchange)));
    if (!other.hasRun()) {
      return;
    }
    compared.incrementAndGet();
    Comparison comparison = new Comparison(storable.page().unwrap(Answer.class), other.answer());
    for (int i = 0; i < REPEATS && !comparison.differences().isEmpty(); i++) {
      Rerun<E> again = new Rerun<>(asked);
      again.run(inquiry, visit.handler().on(inquiry.exchange()));
      comparison.isSteadyIn(again.answer());
    }
    List<Place> places = new ArrayList<>();
    comparison
        .differences()
        .forEach(
            found ->
                places.add(new Place(found.place(), found.before(), found.here(), found.there())));
    List<String> reads =
        other.reads().stream().map(read -> read.what() + " in " + read.where()).toList();
    note(new Finding(storable.key(), shared, places, reads));
  }

  private void note(Finding finding) {
    List<String> page = List.of(finding.route(), finding.path(), finding.variant().token());
    boolean isNews = !finding.places().isEmpty() || !finding.isLeak();
    @Nullable Finding before;
    lock.lock();
    try {
      before = findings.remove(page);
      if (isNews) {
        findings.put(page, finding);
        if (findings.size() > MOST_FINDINGS) {
          findings.remove(findings.keySet().iterator().next());
        }
      }
    } finally {
      lock.unlock();
    }
    if (isNews) {
      if (finding.isLeak() && (before == null || !Objects.equals(before.places, finding.places))) {
        LOG.log(Level.WARNING, "{0}", finding);
      }
      listener.accept(finding);
    }
  }
}
