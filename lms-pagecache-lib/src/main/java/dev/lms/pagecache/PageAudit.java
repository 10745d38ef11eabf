// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
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
 * Finds what a shared page says about one person. For development and tests: each page that is
 * about to be shared is rendered once more for somebody else who would share it, and differences
 * outside the holes are reported. If there are any, the page is rendered again for the same person;
 * what then differs too, such as the time or a random token, is left out.
 *
 * <p>The audit changes nothing that is stored or sent, and its own failures do not affect the
 * request. It finds what handlers print about the people that the program lets it stand in for; it
 * proves nothing about others. Thread-safe.
 *
 * @param <E> what the server calls a request, such as its exchange
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
   * Lets a handler run for somebody else than the person who asks. Thread-safe.
   *
   * @param <E> what the server calls a request, such as its exchange
   */
  @FunctionalInterface
  public interface SomebodyElse<E> {
    /**
     * Renders as somebody else of the same variant: another anonymous visitor for an anonymous
     * page, another person for a page of people who are signed in, with the same roles if the page
     * is by role.
     *
     * @param exchange the exchange without cookie and credentials; its header fields may be set
     * @param asker who asks, and must not be chosen
     * @param variant who would share the page
     * @param render to be run once, on this thread, with an exchange by which the handler takes the
     *     other person for the one who asks; not to be run if there is nobody else
     * @throws IOException from the render
     */
    void inPlaceOf(E exchange, Asker asker, Variant variant, Render<E> render) throws IOException;
  }

  /**
   * One more run of a handler.
   *
   * @param <E> what the server calls a request, such as its exchange
   */
  @FunctionalInterface
  public interface Render<E> {
    /**
     * Runs the handler.
     *
     * @param exchange what the handler sees
     * @throws IOException from the handler
     */
    void run(E exchange) throws IOException;
  }

  /**
   * A place where two people see something different.
   *
   * @param at line and column of the body, a header field, or the status, in words
   * @param before the text just before the place, which both see
   * @param seen what the page says that would be shared
   * @param seenByOther what the page says for somebody else
   */
  public record Place(String at, String before, String seen, String seenByOther) {}

  /** What the audit found out about one page. Immutable. */
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

    /** {@return the route's {@linkplain NamedRule#route name}} */
    public String route() {
      return key.route();
    }

    /** {@return the path of the page in normal form, without its query} */
    public String path() {
      return key.path();
    }

    /** {@return what the people who would share the page have in common} */
    public Variant.Kind variant() {
      return Variant.Kind.of(key);
    }

    /**
     * {@return whether people would have been shown what is about somebody else} False for a page
     * of one person, whose places say how little of it is about them.
     */
    public boolean isLeak() {
      return leak;
    }

    /**
     * {@return the places that differ, in the order of the answer; empty if a personal page says
     * the same to everybody}
     */
    public List<Place> places() {
      return places;
    }

    /**
     * {@return what the handler read of its exchange, in order, with the lines of code that read
     * it} The cause is among them. If there is none, the handler knew the person from elsewhere,
     * such as a field or a thread-local variable.
     */
    public List<String> reads() {
      return reads;
    }

    /** Describes the finding in a sentence, without what people are shown: for logs and pages. */
    @Override
    public String toString() {
      return Advice.sentence(seen(this));
    }
  }

  /**
   * {@return an audit of every page about to be shared}
   *
   * @param somebodyElse stands in for the person who asks
   * @param <E> what the server calls a request
   */
  public static <E> PageAudit<E> of(SomebodyElse<E> somebodyElse) {
    return builder(somebodyElse).build();
  }

  /**
   * {@return a builder of an audit}
   *
   * @param somebodyElse stands in for the person who asks
   * @param <E> what the server calls a request
   */
  public static <E> Builder<E> builder(SomebodyElse<E> somebodyElse) {
    return new Builder<>(somebodyElse);
  }

  /**
   * Configures an audit. Not thread-safe.
   *
   * @param <E> what the server calls a request
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
     * Audits only a part of the renders, evenly spread.
     *
     * @param share from 0 (none) to 1 (all)
     * @return this builder
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder<E> share(double share) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("A share is from 0 to 1, but got " + share);
      }
      this.share = share;
      return this;
    }

    /**
     * Also audits pages of one person, to tell {@link PageAudit#advice} how little of them is about
     * the person. Their handlers then run for somebody else who may see them.
     *
     * @return this builder
     */
    public Builder<E> personalPages() {
      personalPages = true;
      return this;
    }

    /**
     * Sets a listener besides the log.
     *
     * @param listener receives each finding, on the thread of the request, before its answer is
     *     sent
     * @return this builder
     */
    public Builder<E> reportingTo(Consumer<Finding> listener) {
      this.listener = listener;
      return this;
    }

    /** {@return the audit} */
    public PageAudit<E> build() {
      return new PageAudit<>(this);
    }
  }

  /**
   * {@return the findings of the last audited render of each page, the oldest first; the newest
   * hundreds only}
   */
  public List<Finding> findings() {
    lock.lock();
    try {
      return List.copyOf(findings.values());
    } finally {
      lock.unlock();
    }
  }

  /** {@return how many renders were compared with one for somebody else} */
  public long compared() {
    return compared.get();
  }

  /**
   * Says which changes of rules would pay, by the counts.
   *
   * @param stats counts, which may be sums over several nodes
   * @param findings findings of audits with {@link Builder#personalPages}, also of several nodes;
   *     may be empty
   * @return sentences for the developers of the handlers, the most rewarding first
   */
  public static List<String> advice(CacheStats stats, Collection<Finding> findings) {
    return Advice.of(stats, findings.stream().map(PageAudit::seen).toList());
  }

  private static Advice.Seen seen(Finding finding) {
    return new Advice.Seen(
        finding.route(),
        finding.path(),
        finding.variant().token(),
        finding.isLeak(),
        finding.places().stream()
            .map(place -> new Advice.Spot(place.at(), place.before()))
            .toList(),
        finding.reads());
  }

  /** Looks at a page that is about to be stored. */
  void look(Handling<E> handling, PageKey asked, Renderer.Storable storable) {
    boolean shared = Variant.Kind.of(storable.key()) != Variant.Kind.USER;
    if (!(shared || personalPages) || !isChosen(candidates.incrementAndGet())) {
      return;
    }
    try {
      compare(handling, asked, storable, shared);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "A page could not be compared with somebody else's", e);
    }
  }

  private boolean isChosen(long number) {
    return Math.floor(number * share) != Math.floor((number - 1) * share);
  }

  private void compare(
      Handling<E> handling, PageKey asked, Renderer.Storable storable, boolean shared)
      throws IOException {
    Inquiry<E> inquiry = handling.inquiry();
    LaterRequest later = new LaterRequest(inquiry.request(), inquiry.keyedHeaders());
    Asker asker = inquiry.asker().orElseThrow();
    Rerun<E> other = new Rerun<>(asked);
    somebodyElse.inPlaceOf(
        handling.handler().showing(later),
        asker,
        Variant.of(asked),
        exchange -> other.run(inquiry.instead(exchange, later), handling.handler().on(exchange)));
    if (!other.hasRun()) {
      return;
    }
    compared.incrementAndGet();
    Comparison comparison = new Comparison(storable.page().unwrap(Answer.class), other.answer());
    for (int i = 0; i < REPEATS && !comparison.differences().isEmpty(); i++) {
      Rerun<E> again = new Rerun<>(asked);
      again.run(inquiry, handling.handler().on(inquiry.exchange()));
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
