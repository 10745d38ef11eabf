package dev.lms.session;

import java.util.Set;

/**
 * The person a session belongs to. Immutable; sealed or MAC-protected in every store, so that
 * whoever can write to the store cannot turn a student into an administrator.
 *
 * @param id what the application knows the person by; never empty
 * @param roles what the person may do, in the application's own words
 */
public record Principal(String id, Set<String> roles) {
  /** Copies the roles. */
  public Principal {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a principal needs an id");
    }
    roles = Set.copyOf(roles);
  }
}
