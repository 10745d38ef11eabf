// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A person who can sign in.
 *
 * @param username what they type, and what sessions know them by
 * @param name what they are called on pages; plain text
 * @param roles one or more of {@link #ROLES}
 */
public record Account(String username, String name, Set<String> roles) {
  /** The roles there are. */
  public static final Set<String> ROLES = Set.of("admin", "instructor", "student");

  /** Defensive, and sorted for people. */
  public Account {
    roles = Collections.unmodifiableSet(new TreeSet<>(roles));
  }

  /** The roles in words. */
  public String role() {
    return String.join(", ", roles);
  }
}
