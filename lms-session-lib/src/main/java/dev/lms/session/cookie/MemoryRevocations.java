// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.cookie;

import dev.lms.session.store.Revocations;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a revocation list for one process. It grows with the sign-outs of one absolute lifetime and
 * no further. Thread-safe.
 */
public final class MemoryRevocations implements Revocations {
  /** More than one, so that what has ended becomes less; few, because a visitor waits for it. */
  private static final int SWEPT_AT_ONCE = 2;

  private record Entry(Instant until, String handle) {}

  private final ConcurrentMap<String, Instant> until = new ConcurrentHashMap<>();
  private final ConcurrentSkipListSet<Entry> nextToEnd =
      new ConcurrentSkipListSet<>(Comparator.comparing(Entry::until).thenComparing(Entry::handle));

  /** Creates an empty list. */
  public MemoryRevocations() {}

  @Override
  public boolean revoke(String handle, Instant until, Instant now) {
    boolean first = this.until.putIfAbsent(handle, until) == null;
    if (first) {
      nextToEnd.add(new Entry(until, handle));
      sweep(now);
    }
    return first;
  }

  private void sweep(Instant now) {
    for (int i = 0; i < SWEPT_AT_ONCE; i++) {
      @Nullable Entry next = nextToEnd.pollFirst();
      if (next == null) {
        return;
      }
      if (!next.until().isBefore(now)) {
        nextToEnd.add(next);
        return;
      }
      until.remove(next.handle());
    }
  }

  @Override
  public boolean isRevoked(String handle) {
    return until.containsKey(handle);
  }
}
