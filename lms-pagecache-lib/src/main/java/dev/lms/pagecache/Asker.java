package dev.lms.pagecache;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who is asking for a page, as far as the cache needs to know. Two askers are the same when id and
 * roles are the same: a change of roles is a change of identity.
 *
 * @param id the person, or empty for a stranger
 * @param roles the person's roles; empty for a stranger
 */
public record Asker(String id, Set<String> roles) {
  /** A stranger: nobody is signed in. */
  public static final Asker ANONYMOUS = new Asker("", Set.of());

  /**
   * Copies the roles.
   *
   * @throws IllegalArgumentException if a stranger is given roles
   */
  public Asker {
    roles = Set.copyOf(roles);
    if (id.isEmpty() && !roles.isEmpty()) {
      throw new IllegalArgumentException(
          "An asker without id is a stranger and has no roles, but got " + roles);
    }
  }

  /**
   * A person who is signed in.
   *
   * @param id the person; not empty
   * @param roles the person's roles
   * @return the asker
   * @throws IllegalArgumentException if the id is empty: a resolver that lost the id must not turn
   *     a person into a stranger
   */
  public static Asker person(String id, String... roles) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException(
          "The id of a person is empty; use Asker.ANONYMOUS for a stranger");
    }
    return new Asker(id, Arrays.stream(roles).collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * Tells a stranger from a person.
   *
   * @return true when nobody is signed in
   */
  public boolean isAnonymous() {
    return id.isEmpty();
  }
}
