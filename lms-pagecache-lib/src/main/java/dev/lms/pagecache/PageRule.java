// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.CacheControl;
import dev.lms.pagecache.page.NormalForm;
import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.policy.Terms;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a route declares about its pages: who may share them, for how long, and what they depend on.
 * The handler does not see undeclared query parameters. If it reads an undeclared request header or
 * the session, the page is not shared.
 *
 * <p>Start with {@link #shared}, {@link #perRole}, {@link #perPerson}, {@link #of} or {@link
 * #rfc9111}; each {@code with} method returns another rule. Durations longer than 2<sup>31</sup>
 * seconds, about 68 years, are cut to that. Immutable.
 */
public final class PageRule {
  private final Audience audience;
  private final Set<String> parameters;
  private final Set<String> tags;
  private final Profile profile;
  private final double jitter;
  private final Supplier<Optional<String>> contentVersion;
  private final Terms terms;

  private PageRule(Draft draft) {
    this.audience = draft.audience;
    this.parameters = draft.parameters;
    this.tags = draft.tags;
    this.profile = draft.profile;
    this.jitter = draft.jitter;
    this.contentVersion = draft.contentVersion;
    this.terms =
        new Terms(
            profile == Profile.RFC9111 ? Terms.Decider.ANSWER : Terms.Decider.RULE,
            draft.ttl,
            draft.headers,
            draft.publicDespiteAuthorization,
            draft.staleWhileRevalidate,
            draft.staleIfError);
  }

  /** What a rule is made of. */
  private static final class Draft {
    private final Audience audience;
    private final Profile profile;
    private final Duration ttl;
    private Set<String> parameters = Set.of();
    private Set<String> headers = Collections.emptySortedSet();
    private Set<String> tags = Set.of();
    private boolean publicDespiteAuthorization;
    private Duration staleWhileRevalidate = Duration.ZERO;
    private Duration staleIfError = Duration.ZERO;
    private double jitter;
    private Supplier<Optional<String>> contentVersion = Optional::empty;

    Draft(Audience audience, Profile profile, Duration ttl) {
      this.audience = audience;
      this.profile = profile;
      this.ttl = ttl;
    }

    Draft(PageRule rule) {
      this(rule.audience, rule.profile, rule.ttl());
      parameters = rule.parameters;
      headers = rule.headers();
      tags = rule.tags;
      publicDespiteAuthorization = rule.publicDespiteAuthorization();
      staleWhileRevalidate = rule.staleWhileRevalidate();
      staleIfError = rule.staleIfError();
      jitter = rule.jitter;
      contentVersion = rule.contentVersion;
    }
  }

  /** Who decides about storing: the rule or the answer. */
  public enum Profile {
    /** The rule decides; an answer can only shorten a lifetime or forbid storing. */
    DECLARED,
    /**
     * The answer decides, as RFC 9111 demands of a shared cache: {@code Cache-Control} (or {@code
     * CDN-Cache-Control}), {@code Expires}, {@code Vary} and its validators. Host and whole query
     * are part of the key, and the handler sees all header fields except those that the cache
     * answers itself. For handlers that speak HTTP caching, such as a proxy.
     */
    RFC9111
  }

  /**
   * {@return a rule for pages of which anonymous visitors share one rendering and signed-in people
   * another; holes hold what differs between people}
   *
   * @param ttl how long a page may be used
   * @throws IllegalArgumentException if the lifetime is not positive
   */
  public static PageRule shared(Duration ttl) {
    return of(Audience.BY_SIGN_IN, ttl);
  }

  /**
   * {@return a rule for pages that people with the same roles share}
   *
   * @param ttl how long a page may be used
   * @throws IllegalArgumentException if the lifetime is not positive
   */
  public static PageRule perRole(Duration ttl) {
    return of(Audience.BY_ROLE, ttl);
  }

  /**
   * {@return a rule for pages that each person has for themselves}
   *
   * @param ttl how long a page may be used
   * @throws IllegalArgumentException if the lifetime is not positive
   */
  public static PageRule perPerson(Duration ttl) {
    return of(Audience.PERSON, ttl);
  }

  /**
   * {@return a rule for pages of an audience that the program defines}
   *
   * @param audience who may share them
   * @param ttl how long a page may be used
   * @throws IllegalArgumentException if the lifetime is not positive
   */
  public static PageRule of(Audience audience, Duration ttl) {
    return new PageRule(new Draft(audience, Profile.DECLARED, checkedLifetime(ttl)));
  }

  /**
   * {@return a rule for pages whose answers say whether, how long and by which request fields they
   * may be stored}
   *
   * @param audience who may share them; {@link Audience#EVERYONE} for content that depends on
   *     nobody
   * @param mostHeuristic the longest lifetime of an answer that declares none (RFC 9111 section
   *     4.2.2)
   * @throws IllegalArgumentException if the lifetime is not positive
   */
  public static PageRule rfc9111(Audience audience, Duration mostHeuristic) {
    return new PageRule(new Draft(audience, Profile.RFC9111, checkedLifetime(mostHeuristic)));
  }

  /**
   * {@return this rule with further query parameters that the page depends on} All undeclared
   * parameters are dropped from the key and from what the handler sees.
   *
   * @param names their names, percent-encoded or not; compared in the normal form of RFC 3986
   *     section 6.2.2
   */
  public PageRule withParameters(String... names) {
    Draft draft = new Draft(this);
    draft.parameters =
        plus(parameters, names).map(NormalForm::ofName).collect(Collectors.toUnmodifiableSet());
    return new PageRule(draft);
  }

  /**
   * {@return this rule with further request headers that the page depends on} They become part of
   * the key and of {@code Vary}.
   *
   * @param names their names, in any case
   */
  public PageRule withHeaders(String... names) {
    Draft draft = new Draft(this);
    TreeSet<String> sorted = new TreeSet<>();
    plus(headers(), names).forEach(name -> sorted.add(name.toLowerCase(Locale.ROOT)));
    draft.headers = Collections.unmodifiableSet(sorted);
    return new PageRule(draft);
  }

  /**
   * {@return this rule with further tags, by which {@link PageCache#purge} finds its pages} The
   * handler may add others through {@code Cache-Tag}.
   *
   * @param names the tags
   * @throws IllegalArgumentException if one is empty, has white space around it, or holds a comma
   *     or a control character
   */
  public PageRule withTags(String... names) {
    Draft draft = new Draft(this);
    draft.tags = plus(tags, names).collect(Collectors.toUnmodifiableSet());
    draft.tags.forEach(Tags::check);
    return new PageRule(draft);
  }

  /**
   * {@return this rule for pages that do not depend on the {@code Authorization} header (RFC 9111
   * section 3.5): requests that carry one are served from the cache and stored as well}
   */
  public PageRule withPublicDespiteAuthorization() {
    Draft draft = new Draft(this);
    draft.publicDespiteAuthorization = true;
    return new PageRule(draft);
  }

  /**
   * {@return this rule with a time in which a stale page is still served while it is rendered again
   * (RFC 5861 section 3)} One request renders, or the executor of {@link
   * PageCache.Builder#background}; all others get the stale page at once. A purge ends it.
   *
   * @param window how long after the end of the page's freshness
   * @throws IllegalArgumentException if it is negative
   */
  public PageRule withStaleWhileRevalidate(Duration window) {
    Draft draft = new Draft(this);
    draft.staleWhileRevalidate = checkedWindow(window);
    return new PageRule(draft);
  }

  /**
   * {@return this rule with a time in which a stale page is still served when its render fails or
   * answers 5xx (RFC 5861 section 4)} A purge ends it.
   *
   * @param window how long after the end of the page's freshness
   * @throws IllegalArgumentException if it is negative
   */
  public PageRule withStaleIfError(Duration window) {
    Draft draft = new Draft(this);
    draft.staleIfError = checkedWindow(window);
    return new PageRule(draft);
  }

  /**
   * {@return this rule with spread lifetimes, so that pages stored together do not expire together}
   *
   * @param most the largest part of its lifetime that a page may lose at random, from 0 to 1
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public PageRule withJitter(double most) {
    if (!(most >= 0 && most <= 1)) {
      throw new IllegalArgumentException(
          "jitter is " + most + "; give the part of the lifetime it may take, from 0 to 1");
    }
    Draft draft = new Draft(this);
    draft.jitter = most;
    return new PageRule(draft);
  }

  /**
   * {@return this rule with a version of all that its pages are made from} While the store cannot
   * be asked, nobody knows of purges, and each request is given what was rendered after it began.
   * If the version that was told before a page's render is told again after a request began, that
   * page will do: a render for this request would read the same. It is the validation of RFC 9111
   * section 4.3, with a strong validator that is known before the render.
   *
   * @param version tells, at little cost, for instance the number of a database's last commit. Once
   *     any process has reported a change of the content, it differs from all it was before; empty
   *     if it cannot be told. It is called by many threads at once, before each render and for each
   *     request during an outage, and must not answer from memory. An exception counts as empty.
   */
  public PageRule withContentVersion(Supplier<Optional<String>> version) {
    Draft draft = new Draft(this);
    draft.contentVersion = version;
    return new PageRule(draft);
  }

  /** {@return who may share the pages} */
  public Audience audience() {
    return audience;
  }

  /**
   * {@return how long a page is fresh; in the {@link Profile#RFC9111} profile, the longest lifetime
   * of an answer that declares none}
   */
  public Duration ttl() {
    return terms.ttl();
  }

  /** {@return the names of the query parameters that the page depends on, in normal form} */
  public Set<String> parameters() {
    return parameters;
  }

  /** {@return the names of the request headers that the page depends on, in lower case, sorted} */
  public Set<String> headers() {
    return terms.headers();
  }

  /** {@return the tags of all pages of this rule} */
  public Set<String> tags() {
    return tags;
  }

  /**
   * {@return whether requests with an {@code Authorization} header may be answered from the cache
   * and stored}
   */
  public boolean publicDespiteAuthorization() {
    return terms.publicDespiteAuthorization();
  }

  /** {@return whether this rule or the answer decides about storing} */
  public Profile profile() {
    return profile;
  }

  /** {@return how long a stale page is served while it is rendered again; zero for not at all} */
  public Duration staleWhileRevalidate() {
    return terms.staleWhileRevalidate();
  }

  /** {@return how long a stale page replaces a render that fails; zero for not at all} */
  public Duration staleIfError() {
    return terms.staleIfError();
  }

  /** {@return the largest part of its lifetime that a page may lose at random, from 0 to 1} */
  public double jitter() {
    return jitter;
  }

  /** What tells the version of all that the pages are made from. */
  Supplier<Optional<String>> contentVersion() {
    return contentVersion;
  }

  /** What decisions depend on. */
  Terms terms() {
    return terms;
  }

  private static Duration checkedLifetime(Duration ttl) {
    if (ttl.isZero() || ttl.isNegative()) {
      throw new IllegalArgumentException(
          "ttl is " + ttl + "; give a positive lifetime, or no rule for a page never cached");
    }
    return bounded(ttl);
  }

  private static Duration checkedWindow(Duration window) {
    if (window.isNegative()) {
      throw new IllegalArgumentException(
          "A window for stale pages is negative; give zero for none");
    }
    return bounded(window);
  }

  /** For ever is as long as anybody tells a cache (RFC 9111 section 1.2.2). */
  private static Duration bounded(Duration duration) {
    Duration most = Duration.ofSeconds(CacheControl.MOST_SECONDS);
    return duration.compareTo(most) > 0 ? most : duration;
  }

  private static Stream<String> plus(Set<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more));
  }
}
