package dev.lms.pagecache;

import java.util.Set;

/**
 * Who is asking for a page, as far as the cache needs to know.
 *
 * @param id the person, or empty for a stranger
 * @param roles the person's roles
 */
public record Asker(String id, Set<String> roles) {
  /** Copies the roles. */
  public Asker {
    roles = Set.copyOf(roles);
  }
}
