package dev.lms.pagecache;

import dev.lms.pagecache.http.CacheControl;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a route declares about its pages: who may share them, how long, and what they depend on.
 * Everything not declared here is hidden from the handler (query parameters) or, when the handler
 * reads it all the same (request headers, the session), keeps the page from being shared.
 *
 * @param audience who may share the page
 * @param ttl how long a page is fresh; longer than zero. In the {@link Profile#RFC9111} profile,
 *     the longest lifetime of an answer that gives none itself
 * @param parameters names of the query parameters the page depends on, compared in the normal form
 *     of RFC 3986 section 6.2.2; all others are dropped from the key and from what the handler sees
 * @param headers lower-case names of the request headers the page depends on, sorted; they become
 *     part of the key and of {@code Vary}
 * @param tags labels that {@link PageCache#purge} knows the page by, besides those the handler adds
 *     through {@code Cache-Tag}
 * @param publicDespiteAuthorization whether requests with an {@code Authorization} header may be
 *     answered from the cache and stored (RFC 9111 section 3.5)
 * @param profile whether this rule decides about storing, or the answer does
 * @param staleWhileRevalidate how long a page that is no longer fresh is served while one request
 *     renders it anew (RFC 5861 section 3)
 * @param staleIfError how long a page that is no longer fresh stands in for a render that fails or
 *     answers 5xx (RFC 5861 section 4)
 * @param jitter the largest part of its lifetime, from 0 to 1, that a page may lose at random, so
 *     that pages stored together do not expire together
 */
public record PageRule(
    Audience audience,
    Duration ttl,
    Set<String> parameters,
    Set<String> headers,
    Set<String> tags,
    boolean publicDespiteAuthorization,
    Profile profile,
    Duration staleWhileRevalidate,
    Duration staleIfError,
    double jitter) {

  /** Who has the say about storing. */
  public enum Profile {
    /** The rule; an answer can only shorten and forbid. The stricter one. */
    DECLARED,
    /**
     * The answer, as RFC 9111 asks of a shared cache: {@code Cache-Control} (or {@code
     * CDN-Cache-Control}), {@code Expires}, {@code Vary} and its validators. Host and whole query
     * are in the key, and the handler sees all header fields but those the cache answers by itself.
     * For handlers that speak HTTP caching, such as a proxy.
     */
    RFC9111
  }

  /**
   * Copies the sets, and bounds durations: what is longer than 2<sup>31</sup> seconds, some 68
   * years, is as long as that.
   *
   * @throws IllegalArgumentException if the lifetime is not positive, a window is negative, the
   *     jitter is not between 0 and 1, or a tag is empty or holds a comma or a control character
   */
  public PageRule {
    if (staleWhileRevalidate.isNegative() || staleIfError.isNegative()) {
      throw new IllegalArgumentException(
          "A window for stale pages is negative; give zero for none");
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException(
          "jitter is " + jitter + "; give the part of the lifetime it may take, from 0 to 1");
    }
    if (ttl.isZero() || ttl.isNegative()) {
      throw new IllegalArgumentException(
          "ttl is " + ttl + "; give a positive lifetime, or no rule for a page never cached");
    }
    ttl = bounded(ttl);
    staleWhileRevalidate = bounded(staleWhileRevalidate);
    staleIfError = bounded(staleIfError);
    parameters =
        parameters.stream().map(NormalForm::ofName).collect(Collectors.toUnmodifiableSet());
    headers = sortedLowerCase(headers);
    tags = Set.copyOf(tags);
    tags.forEach(Tags::check);
  }

  /** For ever is as long as anybody tells a cache (RFC 9111 section 1.2.2). */
  private static Duration bounded(Duration duration) {
    Duration most = Duration.ofSeconds(CacheControl.MOST_SECONDS);
    return duration.compareTo(most) > 0 ? most : duration;
  }

  /**
   * A page that strangers share and signed-in people share, apart from its holes.
   *
   * @param ttl how long a page may be used
   * @return the rule
   */
  public static PageRule shared(Duration ttl) {
    return of(Audience.BY_SIGN_IN, ttl);
  }

  /**
   * A page that people with the same roles share.
   *
   * @param ttl how long a page may be used
   * @return the rule
   */
  public static PageRule perRole(Duration ttl) {
    return of(Audience.BY_ROLE, ttl);
  }

  /**
   * A page for one person.
   *
   * @param ttl how long a page may be used
   * @return the rule
   */
  public static PageRule perPerson(Duration ttl) {
    return of(Audience.PERSON, ttl);
  }

  /**
   * A page for an audience of the program's own.
   *
   * @param audience who may share it
   * @param ttl how long a page may be used
   * @return the rule
   */
  public static PageRule of(Audience audience, Duration ttl) {
    return new PageRule(
        audience,
        ttl,
        Set.of(),
        Set.of(),
        Set.of(),
        false,
        Profile.DECLARED,
        Duration.ZERO,
        Duration.ZERO,
        0);
  }

  /**
   * Pages whose answers say themselves whether, how long and by which request fields they may be
   * stored.
   *
   * @param audience who may share them; {@link Audience#EVERYONE} for content that knows no people
   * @param mostHeuristic the longest lifetime of an answer that gives none (RFC 9111 section 4.2.2)
   * @return the rule
   */
  public static PageRule rfc9111(Audience audience, Duration mostHeuristic) {
    return new PageRule(
        audience,
        mostHeuristic,
        Set.of(),
        Set.of(),
        Set.of(),
        false,
        Profile.RFC9111,
        Duration.ZERO,
        Duration.ZERO,
        0);
  }

  /**
   * Declares query parameters the page depends on, in addition.
   *
   * @param names their names, percent-encoded or not
   * @return a rule with them
   */
  public PageRule withParameters(String... names) {
    return new PageRule(
        audience,
        ttl,
        plus(parameters, names),
        headers,
        tags,
        publicDespiteAuthorization,
        profile,
        staleWhileRevalidate,
        staleIfError,
        jitter);
  }

  /**
   * Declares request headers the page depends on, in addition.
   *
   * @param names their names, in any case
   * @return a rule with them
   */
  public PageRule withHeaders(String... names) {
    return new PageRule(
        audience,
        ttl,
        parameters,
        plus(headers, names),
        tags,
        publicDespiteAuthorization,
        profile,
        staleWhileRevalidate,
        staleIfError,
        jitter);
  }

  /**
   * Adds tags.
   *
   * @param names their names
   * @return a rule with them
   */
  public PageRule withTags(String... names) {
    return new PageRule(
        audience,
        ttl,
        parameters,
        headers,
        plus(tags, names),
        publicDespiteAuthorization,
        profile,
        staleWhileRevalidate,
        staleIfError,
        jitter);
  }

  /**
   * Declares that the page does not depend on an {@code Authorization} header.
   *
   * @return a rule that serves and stores requests that carry one
   */
  public PageRule withPublicDespiteAuthorization() {
    return new PageRule(
        audience,
        ttl,
        parameters,
        headers,
        tags,
        true,
        profile,
        staleWhileRevalidate,
        staleIfError,
        jitter);
  }

  /**
   * Declares how long a page that is no longer fresh is still served while it is rendered anew. One
   * request renders, or a thread in the background where {@link PageCache} was given one; all
   * others get the stale page at once. A purge ends it.
   *
   * @param window how long after the end of its freshness
   * @return a rule with it
   */
  public PageRule withStaleWhileRevalidate(Duration window) {
    return new PageRule(
        audience,
        ttl,
        parameters,
        headers,
        tags,
        publicDespiteAuthorization,
        profile,
        window,
        staleIfError,
        jitter);
  }

  /**
   * Declares how long a page that is no longer fresh is still served when its render fails. A purge
   * ends it.
   *
   * @param window how long after the end of its freshness
   * @return a rule with it
   */
  public PageRule withStaleIfError(Duration window) {
    return new PageRule(
        audience,
        ttl,
        parameters,
        headers,
        tags,
        publicDespiteAuthorization,
        profile,
        staleWhileRevalidate,
        window,
        jitter);
  }

  /**
   * Declares that lifetimes are spread, so that pages stored together do not expire together.
   *
   * @param most the largest part of its lifetime that a page may lose, from 0 to 1
   * @return a rule with it
   */
  public PageRule withJitter(double most) {
    return new PageRule(
        audience,
        ttl,
        parameters,
        headers,
        tags,
        publicDespiteAuthorization,
        profile,
        staleWhileRevalidate,
        staleIfError,
        most);
  }

  private static Set<String> sortedLowerCase(Set<String> names) {
    TreeSet<String> sorted = new TreeSet<>();
    names.forEach(name -> sorted.add(name.toLowerCase(Locale.ROOT)));
    return Collections.unmodifiableSet(sorted);
  }

  private static Set<String> plus(Set<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more))
        .collect(Collectors.toUnmodifiableSet());
  }
}
