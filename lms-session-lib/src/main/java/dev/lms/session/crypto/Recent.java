// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.crypto;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Remembers what was worked out last, for at most so many texts: what one request asks, the next
 * one of the same session asks again. Thread-safe, without locks.
 *
 * @param <V> what is worked out for a text
 */
public final class Recent<V> {
  private static final int MOST = 1024;

  private record Entry<V>(String text, V value) {}

  private final AtomicReferenceArray<Entry<V>> entries = new AtomicReferenceArray<>(MOST);

  /** Remembers nothing yet. */
  public Recent() {}

  /**
   * {@return what was worked out for a text, if that is remembered}
   *
   * @param text the text
   */
  public Optional<V> get(String text) {
    Entry<V> entry = entries.get(slot(text));
    return entry != null && entry.text().equals(text)
        ? Optional.of(entry.value())
        : Optional.empty();
  }

  /**
   * Remembers it. What was in its place is forgotten.
   *
   * @param text the text
   * @param value what was worked out for it
   */
  public void put(String text, V value) {
    entries.set(slot(text), new Entry<>(text, value));
  }

  private static int slot(String text) {
    int hash = text.hashCode();
    return (hash ^ (hash >>> 16)) & (MOST - 1);
  }
}
