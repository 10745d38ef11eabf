// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who asks for a page, as far as the cache needs to know. Two askers are equal if all that is said
 * of them is: a change of roles is a change of identity. Immutable.
 *
 * @param id the person's id, or empty for an anonymous visitor
 * @param roles the person's roles; empty for an anonymous visitor
 * @param assumed whether the program only assumes who is asking, because it cannot look it up just
 *     now: see {@link #assumed(String, Set)}
 */
public record Asker(String id, Set<String> roles, boolean assumed) {
  /** An anonymous visitor: nobody is signed in. */
  public static final Asker ANONYMOUS = new Asker("", Set.of());

  /**
   * Somebody of whom it is certain who they are.
   *
   * @param id the person's id, or empty for an anonymous visitor
   * @param roles the person's roles; empty for an anonymous visitor
   * @throws IllegalArgumentException if an anonymous visitor is given roles
   */
  public Asker(String id, Set<String> roles) {
    this(id, roles, false);
  }

  /**
   * Copies the roles.
   *
   * @throws IllegalArgumentException if an anonymous visitor is given roles
   */
  public Asker {
    roles = Set.copyOf(roles);
    if (id.isEmpty() && !roles.isEmpty()) {
      throw new IllegalArgumentException(
          "An asker without an id is an anonymous visitor and has no roles, but got " + roles);
    }
  }

  /**
   * {@return a person who is signed in}
   *
   * @param id the person's id; not empty
   * @param roles the person's roles
   * @throws IllegalArgumentException if the id is empty: a resolver that lost the id must not make
   *     a person anonymous
   */
  public static Asker person(String id, String... roles) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException(
          "The id of a person is empty; use Asker.ANONYMOUS for an anonymous visitor");
    }
    return new Asker(id, Arrays.stream(roles).collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * {@return a person who is taken for who they were a moment ago, because it cannot be looked up
   * just now} They get pages that are stored for them. What is rendered for them is not stored, and
   * nobody else who waits for the page gets it: it may lack what could not be looked up either.
   *
   * @param id the person's id; not empty
   * @param roles the person's roles
   * @throws IllegalArgumentException if the id is empty
   */
  public static Asker assumed(String id, Set<String> roles) {
    return new Asker(person(id).id(), roles, true);
  }

  /** {@return whether nobody is signed in} */
  public boolean isAnonymous() {
    return id.isEmpty();
  }
}
