// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.text.Utf8;
import java.util.Set;

/**
 * The person a session belongs to. Every store seals it or protects it with a MAC, so that whoever
 * can write to the store cannot turn a student into an administrator. Immutable.
 *
 * <p>Id and roles are text that UTF-8 can encode. Half of a surrogate pair is refused: every store
 * would turn it into a question mark, and so one person into another.
 *
 * @param id the application's name for the person; never empty
 * @param roles what the person may do, in the application's own words; none of them empty
 */
public record Principal(String id, Set<String> roles) {
  /**
   * Copies the roles.
   *
   * @throws IllegalArgumentException if the id or a role is empty, or UTF-8 cannot encode it
   */
  public Principal {
    check("a principal's id", id);
    roles = Set.copyOf(roles);
    roles.forEach(role -> check("a principal's role", role));
  }

  private static void check(String what, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(what + " is empty");
    }
    if (!Utf8.canWrite(text)) {
      throw new IllegalArgumentException(what + " holds half of a surrogate pair");
    }
  }
}
