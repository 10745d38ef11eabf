// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What an answer depends on: the names in its {@code Vary}, each once, in order. */
public final class Vary {
  private final List<String> names = new ArrayList<>(4);

  /** Nothing yet. */
  public Vary() {}

  /**
   * Adds a name, unless it is there.
   *
   * @param name a field's name, in any case
   */
  public void add(String name) {
    int at = Collections.binarySearch(names, name, String.CASE_INSENSITIVE_ORDER);
    if (at < 0) {
      names.add(-at - 1, name);
    }
  }

  /**
   * Adds names, unless they are there.
   *
   * @param more fields' names, in any case
   */
  public void addAll(Collection<String> more) {
    for (String name : more) {
      add(name);
    }
  }

  /**
   * Adds the members of {@code Vary} fields.
   *
   * @param lines the lines of the fields; may be empty
   */
  public void addLines(List<String> lines) {
    if (!lines.isEmpty()) {
      addAll(new Fields(Map.of("Vary", lines)).members("Vary"));
    }
  }

  /** {@return whether the answer depends on no field} */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** {@return the value of the {@code Vary} field} */
  public String line() {
    String line = "";
    for (String name : names) { // Mostly two: one string, at every hit.
      line = line.isEmpty() ? name : line + ", " + name;
    }
    return line;
  }
}
