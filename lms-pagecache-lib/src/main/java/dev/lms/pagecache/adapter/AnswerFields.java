// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.adapter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The header fields of an answer that is about to be sent. Not thread-safe. */
public final class AnswerFields {
  private final Map<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  AnswerFields() {}

  /**
   * Sets a field, as sessions and others in front of the cache tell it: one more cookie, or the
   * only line of any other field.
   *
   * @param name the field's name
   * @param line the line
   */
  public void tell(String name, String line) {
    if (name.equalsIgnoreCase("Set-Cookie")) {
      add(name, line);
    } else {
      lines.put(name, List.of(line));
    }
  }

  /**
   * Passes on what is to be sent.
   *
   * @param server takes the name of a field and all its lines
   */
  public void sendTo(BiConsumer<String, List<String>> server) {
    lines.forEach(server);
  }

  Map<String, List<String>> lines() {
    return Collections.unmodifiableMap(lines);
  }

  void add(String name, String line) {
    List<String> all = new ArrayList<>(lines.getOrDefault(name, List.of()));
    all.add(line);
    lines.put(name, List.copyOf(all));
  }

  void replace(String name, List<String> all) {
    lines.put(name, List.copyOf(all));
  }

  void keepOnly(String name) {
    lines.keySet().removeIf(other -> !other.equalsIgnoreCase(name));
  }

  void remove(String name) {
    lines.remove(name);
  }
}
