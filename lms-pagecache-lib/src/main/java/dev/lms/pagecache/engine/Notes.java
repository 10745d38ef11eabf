// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.PageKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of pages besides the store: whose they are, and which cannot be stored, so that
 * nobody waits for a render that cannot be shared. Bounded in bytes. Safe for use by several
 * threads.
 *
 * <p>What is about one request or one moment is not a property of a page. A status that is not
 * stored and a cookie may be either: they count once several renders in a row had them, and not for
 * long.
 */
public final class Notes {
  /** How long a property of a page is remembered. */
  public static final Duration MEMORY = Duration.ofMinutes(1);

  /** How long it is remembered that a page was not storable several times. */
  public static final Duration SHORT_MEMORY = Duration.ofSeconds(10);

  /** So many renders in a row, each of which others waited for or could have. */
  public static final int IN_A_ROW = 3;

  /** Reasons that are about one request or one moment, never about the page. */
  private static final Set<Reason> PASSING =
      EnumSet.of(
          Reason.ABORTED,
          Reason.ERROR,
          Reason.IDENTITY,
          Reason.PURGED,
          Reason.STORE,
          Reason.ASKED_ONCE,
          Reason.FULL);

  /** Reasons that may be about one moment or about the page. */
  private static final Set<Reason> DOUBTFUL = EnumSet.of(Reason.STATUS, Reason.SET_COOKIE);

  /**
   * A note.
   *
   * @param personal whether each person has their own
   * @param reason why it was not stored, if it was not
   * @param inARow how often that came in a row, where it may be about one moment
   * @param holds whether it is about the page
   * @param until when it is too old
   */
  private record Note(
      boolean personal, @Nullable Reason reason, int inARow, boolean holds, long until) {}

  private final LongSupplier nanos;
  private final Cache<PageKey, Note> notes;

  /**
   * Creates empty notes.
   *
   * @param maxBytes how many bytes they may take, by weight
   * @param nanos elapsed time in nanoseconds, like {@link System#nanoTime}
   */
  public Notes(long maxBytes, LongSupplier nanos) {
    this.nanos = nanos;
    this.notes =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<PageKey, Note>weigher((key, note) -> 128 + 2 * key.text().length())
            .executor(Runnable::run)
            .build();
  }

  /**
   * {@return whether pages of a key turned out to be one person's}
   *
   * @param key the key
   */
  public boolean isPersonal(PageKey key) {
    Note note = holding(key);
    return note != null && note.personal();
  }

  /**
   * {@return whether nobody should wait for another's render of a key}
   *
   * @param key the key
   */
  public boolean isUncacheable(PageKey key) {
    return holding(key) != null;
  }

  /**
   * {@return why the last render was not stored, if that may be a property of the page}
   *
   * @param key the page's key
   */
  public Optional<Reason> whyNotStored(PageKey key) {
    Note note = recent(key);
    return note == null ? Optional.empty() : Optional.ofNullable(note.reason());
  }

  private @Nullable Note holding(PageKey key) {
    Note note = recent(key);
    return note != null && note.holds() ? note : null;
  }

  private @Nullable Note recent(PageKey key) {
    Note note = notes.getIfPresent(key);
    return note != null && nanos.getAsLong() - note.until() < 0 ? note : null;
  }

  /**
   * Notes that pages of a key are one person's.
   *
   * @param key the key
   */
  public void personal(PageKey key) {
    notes.put(key, new Note(true, null, 0, true, nanos.getAsLong() + MEMORY.toNanos()));
  }

  /**
   * Notes that nobody should wait for a render of a key, although its pages are stored.
   *
   * @param key the key
   */
  public void uncacheable(PageKey key) {
    uncacheable(key, null);
  }

  private void uncacheable(PageKey key, @Nullable Reason reason) {
    notes.put(key, new Note(false, reason, 0, true, nanos.getAsLong() + MEMORY.toNanos()));
  }

  /**
   * Notes that a render could be stored.
   *
   * @param key the page's key
   */
  public void forget(PageKey key) {
    notes.invalidate(key);
  }

  /**
   * Notes that a render could not be stored.
   *
   * @param key the page's key
   * @param reason why
   * @param led whether others waited for it or could have: of many that failed at once one counts
   */
  public void passed(PageKey key, Reason reason, boolean led) {
    if (PASSING.contains(reason)) {
      return;
    }
    if (!DOUBTFUL.contains(reason)) {
      uncacheable(key, reason);
    } else if (led) {
      Note last = notes.getIfPresent(key);
      int inARow = last != null && last.reason() == reason ? last.inARow() + 1 : 1;
      long until = nanos.getAsLong() + SHORT_MEMORY.toNanos();
      notes.put(key, new Note(false, reason, inARow, inARow >= IN_A_ROW, until));
    }
  }

  /** {@return how many bytes the notes take, by weight} */
  public long bytes() {
    notes.cleanUp();
    return notes.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
