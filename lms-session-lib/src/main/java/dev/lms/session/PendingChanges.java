// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request has changed in its session's attributes and not committed yet. */
final class PendingChanges {
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
