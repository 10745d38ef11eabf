// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** One session under all the names it has while others rotate it. */
final class Lineage {
  private final String handle;
  private final Set<String> roots = new HashSet<>();

  /** The session of this name, or none for the empty one. */
  Lineage(String handle) {
    this.handle = handle;
    roots.add(handle);
  }

  void learn(Collection<IndexEntry> entries) {
    for (IndexEntry entry : entries) {
      if (entry.handle().equals(handle)) {
        roots.add(entry.root());
      }
    }
  }

  boolean includes(IndexEntry entry) {
    return roots.contains(entry.root());
  }
}
