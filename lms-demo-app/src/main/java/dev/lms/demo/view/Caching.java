package dev.lms.demo.view;

import java.time.Duration;
import java.util.Set;

/**
 * Who may be given a stored copy of a page, and for how long.
 *
 * @param ttl zero for pages never stored
 * @param parameters the query parameters that the page depends on
 */
public record Caching(Audience audience, Duration ttl, Set<String> parameters) {
  /** Never stored. */
  public static final Caching NEVER = new Caching(Audience.NOBODY, Duration.ZERO, Set.of());

  /** Who shares a page. */
  public enum Audience {
    /** Strangers share one page, people who are signed in another with holes. */
    EVERYONE,
    /** Each person has their own. */
    PERSON,
    /** Each request has its own. */
    NOBODY
  }

  /** Copies the parameters. */
  public Caching {
    parameters = Set.copyOf(parameters);
  }

  /** Shared by everyone. */
  public static Caching shared(Duration ttl, String... parameters) {
    return new Caching(Audience.EVERYONE, ttl, Set.of(parameters));
  }

  /** One for each person. */
  public static Caching perPerson(Duration ttl) {
    return new Caching(Audience.PERSON, ttl, Set.of());
  }
}
