package dev.lms.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What one request changed in a session's attributes. A name appears in at most one of the three.
 * Immutable.
 *
 * @param set attributes to write
 * @param removed attributes to remove
 * @param added counters to move by so much; a missing or unreadable counter counts as 0
 */
public record Changes(Map<String, String> set, Set<String> removed, Map<String, Long> added) {
  /** Nothing changed; a commit of it only moves the deadline. */
  public static final Changes NONE = new Changes(Map.of(), Set.of(), Map.of());

  /** Copies all three. */
  public Changes {
    set = Map.copyOf(set);
    removed = Set.copyOf(removed);
    added = Map.copyOf(added);
  }

  /** True if there is nothing to write. */
  public boolean isEmpty() {
    return set.isEmpty() && removed.isEmpty() && added.isEmpty();
  }

  /** The attributes after these changes: what a store that reads, changes and writes must do. */
  public Map<String, String> applyTo(Map<String, String> attributes) {
    Map<String, String> result = new HashMap<>(attributes);
    result.keySet().removeAll(removed);
    result.putAll(set);
    added.forEach((name, delta) -> result.merge(name, Long.toString(delta), Changes::sum));
    return result;
  }

  private static String sum(String current, String delta) {
    try {
      return Long.toString(Math.addExact(Long.parseLong(current), Long.parseLong(delta)));
    } catch (NumberFormatException | ArithmeticException e) {
      return delta;
    }
  }
}
