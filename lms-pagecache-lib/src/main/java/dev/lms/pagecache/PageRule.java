package dev.lms.pagecache;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a route declares about its pages: who may share them, how long, and what they depend on.
 * Everything not declared here is hidden from the handler (query parameters) or, when the handler
 * reads it all the same (request headers, the session), keeps the page from being shared.
 *
 * @param audience who may share the page
 * @param ttl how long a page may be used; longer than zero
 * @param parameters names of the query parameters the page depends on, as they stand in the raw
 *     query; all others are dropped from the key and from what the handler sees
 * @param headers lower-case names of the request headers the page depends on; they become part of
 *     the key and of {@code Vary}
 * @param tags labels that {@link PageCache#purge} knows the page by, besides those the handler adds
 *     through {@code Cache-Tag}
 * @param publicDespiteAuthorization whether requests with an {@code Authorization} header may be
 *     answered from the cache and stored (RFC 9111 section 3.5)
 */
public record PageRule(
    Audience audience,
    Duration ttl,
    Set<String> parameters,
    Set<String> headers,
    Set<String> tags,
    boolean publicDespiteAuthorization) {

  /**
   * Copies the sets.
   *
   * @throws IllegalArgumentException if the lifetime is not positive, or a tag is empty or holds a
   *     comma or a control character
   */
  public PageRule {
    if (ttl.isZero() || ttl.isNegative()) {
      throw new IllegalArgumentException(
          "ttl is " + ttl + "; give a positive lifetime, or no rule for a page never cached");
    }
    parameters = Set.copyOf(parameters);
    headers =
        headers.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    tags = Set.copyOf(tags);
    tags.forEach(Tags::check);
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
    return new PageRule(audience, ttl, Set.of(), Set.of(), Set.of(), false);
  }

  /**
   * Declares query parameters the page depends on, in addition.
   *
   * @param names their names as they stand in the raw query
   * @return a rule with them
   */
  public PageRule withParameters(String... names) {
    return new PageRule(
        audience, ttl, plus(parameters, names), headers, tags, publicDespiteAuthorization);
  }

  /**
   * Declares request headers the page depends on, in addition.
   *
   * @param names their names, in any case
   * @return a rule with them
   */
  public PageRule withHeaders(String... names) {
    return new PageRule(
        audience, ttl, parameters, plus(headers, names), tags, publicDespiteAuthorization);
  }

  /**
   * Adds tags.
   *
   * @param names their names
   * @return a rule with them
   */
  public PageRule withTags(String... names) {
    return new PageRule(
        audience, ttl, parameters, headers, plus(tags, names), publicDespiteAuthorization);
  }

  /**
   * Declares that the page does not depend on an {@code Authorization} header.
   *
   * @return a rule that serves and stores requests that carry one
   */
  public PageRule withPublicDespiteAuthorization() {
    return new PageRule(audience, ttl, parameters, headers, tags, true);
  }

  private static Set<String> plus(Set<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more))
        .collect(Collectors.toUnmodifiableSet());
  }
}
