// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one request changed in a session's attributes. A name appears in at most one of set, removed
 * and added. Immutable.
 *
 * @param set attributes to write, by name
 * @param removed names of attributes to remove
 * @param added what to add to counters, by name; a missing or unreadable counter counts as 0
 * @param expected what attributes must be for any of this to be written; empty for absent
 */
public record Changes(
    Map<String, String> set,
    Set<String> removed,
    Map<String, Long> added,
    Map<String, Optional<String>> expected) {
  /** No change; a commit of it only moves the deadline. */
  public static final Changes NONE = new Changes(Map.of(), Set.of(), Map.of());

  /** Copies all four collections. */
  public Changes {
    set = Map.copyOf(set);
    removed = Set.copyOf(removed);
    added = Map.copyOf(added);
    expected = Map.copyOf(expected);
  }

  /**
   * Creates changes that expect nothing.
   *
   * @param set attributes to write, by name
   * @param removed names of attributes to remove
   * @param added what to add to counters, by name
   */
  public Changes(Map<String, String> set, Set<String> removed, Map<String, Long> added) {
    this(set, removed, added, Map.of());
  }

  /** {@return whether there is nothing to write} */
  public boolean isEmpty() {
    return set.isEmpty() && removed.isEmpty() && added.isEmpty();
  }

  /**
   * {@return whether attributes are what these changes expect}
   *
   * @param attributes the stored attributes, by name
   */
  public boolean fit(Map<String, String> attributes) {
    return expected.entrySet().stream()
        .allMatch(e -> e.getValue().equals(Optional.ofNullable(attributes.get(e.getKey()))));
  }

  /**
   * Applies these changes: what a store that reads, changes and writes must do.
   *
   * @param attributes the stored attributes, by name; stays as it is
   * @return a new map with the attributes after these changes
   * @throws IllegalStateException if a counter would overflow
   */
  public Map<String, String> applyTo(Map<String, String> attributes) {
    Map<String, String> result = new HashMap<>(attributes);
    result.keySet().removeAll(removed);
    result.putAll(set);
    added.forEach(
        (name, delta) -> {
          long current = counter(result.getOrDefault(name, "0")).orElse(0L);
          result.put(name, Long.toString(sum(name, current, delta)));
        });
    return result;
  }

  /** A counter after it was moved. */
  static long sum(String name, long current, long delta) {
    try {
      return Math.addExact(current, delta);
    } catch (ArithmeticException e) {
      throw new IllegalStateException("counter '" + name + "' would overflow", e);
    }
  }

  /**
   * The counter that a text is; empty for any other. All stores must agree on it, so it is what
   * Redis takes: no plus sign, no zeros in front, no digits but 0 to 9.
   */
  static Optional<Long> counter(String text) {
    try {
      long number = Long.parseLong(text);
      return Long.toString(number).equals(text) ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Shows names only, since values may be secret. */
  @Override
  public String toString() {
    return "Changes[set=%s, removed=%s, added=%s, expected=%s]"
        .formatted(set.keySet(), removed, added.keySet(), expected.keySet());
  }

  /** What a request has changed in its session's attributes and not committed yet. */
  static final class Pending {
    private final Map<String, String> set = new HashMap<>();
    private final Set<String> removed = new HashSet<>();
    private final Map<String, Long> added = new HashMap<>();

    /** Of those, what must not be overwritten unseen; made when first needed. */
    private @Nullable Set<String> guarded;

    void set(String name, String value) {
      removed.remove(name);
      added.remove(name);
      set.put(name, value);
    }

    void remove(String name) {
      set.remove(name);
      added.remove(name);
      removed.add(name);
    }

    /**
     * Moves a counter.
     *
     * @param sum what it comes to, for one that was set or removed before
     * @throws IllegalStateException if it moves further in all than a commit can say
     */
    void add(String name, long delta, long sum) {
      if (set.containsKey(name) || removed.contains(name)) {
        set(name, Long.toString(sum));
      } else {
        added.put(name, Changes.sum(name, added.getOrDefault(name, 0L), delta));
      }
    }

    /** Makes the commit depend on the attribute being what this request saw. */
    void guard(String name) {
      if (guarded == null) {
        guarded = new HashSet<>();
      }
      guarded.add(name);
    }

    /** An attribute after these changes of what is stored. */
    Optional<String> get(String name, Map<String, String> stored) {
      if (added.containsKey(name)) {
        return Optional.ofNullable(changes().applyTo(stored).get(name));
      }
      boolean isDecided = set.containsKey(name) || removed.contains(name);
      return Optional.ofNullable(isDecided ? set.get(name) : stored.get(name));
    }

    boolean isEmpty() {
      return set.isEmpty() && removed.isEmpty() && added.isEmpty();
    }

    Changes changes() {
      return isEmpty() ? Changes.NONE : new Changes(set, removed, added);
    }

    /** The changes, on condition that what is guarded still is what this request saw. */
    Changes guarded(Changes changes, Map<String, String> seen) {
      if (guarded == null) {
        return changes;
      }
      Map<String, Optional<String>> expected = new HashMap<>();
      guarded.forEach(name -> expected.put(name, Optional.ofNullable(seen.get(name))));
      return new Changes(changes.set(), changes.removed(), changes.added(), expected);
    }

    void clear() {
      set.clear();
      removed.clear();
      added.clear();
      guarded = null;
    }
  }
}
