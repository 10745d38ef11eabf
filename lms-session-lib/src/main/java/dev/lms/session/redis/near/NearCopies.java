// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Copies of what this process has read, each under a lease of its own. Thread-safe.
 *
 * <p>A copy is made in this order: its lease begins; {@link #begin} notes how often the key was
 * forgotten, and only then draws the number of the fill; Redis is asked, and enters that number
 * while it reads; {@link #keep} keeps the copy unless the key was forgotten meanwhile. {@link
 * #forget} takes these in the opposite order: it looks which number was drawn last, and only then
 * counts the key as forgotten. So two things hold of every fill up to the number that it answers:
 * no copy of it is used from then on, nor will one be made. And of every fill up to a number that
 * Redis has shown, the lease began before Redis showed it.
 *
 * @param <V> what is copied; immutable
 */
public final class NearCopies<V> {
  /** Nobody waits longer for a lease to run out, counted from when Redis said who has a copy. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /** How long Redis remembers who has a copy: longer, should its clock be set forward a little. */
  public static final Duration REMEMBERED = Duration.ofSeconds(3);

  private static final int STRIPES = 1024;

  private final LongSupplier nanos;
  private final ToLongFunction<V> weight;
  private final long maxBytes;

  /** Shorter than others wait for, should the clock of this machine run slower than theirs. */
  private final long lease = LONGEST_WAIT.toNanos() / 10 * 9;

  private final AtomicLongArray forgotten = new AtomicLongArray(STRIPES);
  private final AtomicLongArray asked = new AtomicLongArray(4 * STRIPES);
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private final LongAdder hits = new LongAdder();
  private final ConcurrentHashMap<String, Copy<V>> copies = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private record Copy<V>(V value, long until, long weight) {}

  /**
   * A copy that is being made.
   *
   * @param key what it is a copy of
   * @param number for Redis to remember
   * @param until when its lease ends
   * @param forgotten how often its key was when it began
   */
  public record Fill(String key, long number, long until, long forgotten) {}

  /**
   * No copies yet.
   *
   * @param maxBytes what all may weigh
   * @param weight of one, in bytes
   * @param nanos a clock that is never set
   */
  public NearCopies(long maxBytes, ToLongFunction<V> weight, LongSupplier nanos) {
    this.maxBytes = maxBytes;
    this.weight = weight;
    this.nanos = nanos;
  }

  /**
   * {@return a copy whose lease lasts, or null}
   *
   * @param key what it is a copy of
   */
  public @Nullable V find(String key) {
    long now = nanos.getAsLong();
    Copy<V> copy = copies.get(key);
    if (copy == null || now - copy.until >= 0 || closed) {
      return null;
    }
    hits.increment();
    return copy.value;
  }

  /**
   * {@return whether the key was asked for within the last second, so that a copy would pay}
   *
   * @param key what is asked for now
   */
  public boolean pays(String key) {
    long hash = key.hashCode();
    int slot = (int) (hash & (asked.length() - 1));
    long millis = nanos.getAsLong() >> 20 & 0xffff_ffffL;
    long last = asked.getAndSet(slot, hash << 32 | millis);
    return last >> 32 == hash && (millis - last & 0xffff_ffffL) < LONGEST_WAIT.toMillis();
  }

  /**
   * {@return a fill, to be ended whatever happens; null where no copy is to be made now}
   *
   * @param key what it is a copy of
   */
  public @Nullable Fill begin(String key) {
    if (closed || bytes.get() >= maxBytes || !underWay.add(key)) {
      return null;
    }
    long until = nanos.getAsLong() + lease;
    long seen = forgotten.get(stripe(key));
    return new Fill(key, numbers.incrementAndGet(), until, seen);
  }

  /**
   * Lets another be begun.
   *
   * @param fill the one that is done
   */
  public void end(Fill fill) {
    underWay.remove(fill.key);
  }

  /**
   * Keeps what Redis told while it entered the fill.
   *
   * @param fill what was entered
   * @param value what was told
   */
  public void keep(Fill fill, V value) {
    Copy<V> copy = new Copy<>(value, fill.until, weight.applyAsLong(value));
    copies.compute(
        fill.key,
        (key, was) -> {
          // Whoever forgets it counts first and removes after, so this cannot come in between.
          if (forgotten.get(stripe(key)) != fill.forgotten) {
            return was;
          }
          bytes.addAndGet(copy.weight - (was == null ? 0 : was.weight));
          return copy;
        });
  }

  /**
   * Forgets what is known of a key.
   *
   * @param key what changed
   * @return the number up to which no fill of this key is used from now on
   */
  public long forget(String key) {
    long last = numbers.get();
    forgotten.incrementAndGet(stripe(key));
    remove(key);
    return last;
  }

  /** Forgets everything. */
  public void forgetAll() {
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      forgotten.incrementAndGet(stripe);
    }
    copies.keySet().forEach(this::remove);
  }

  private void remove(String key) {
    copies.computeIfPresent(
        key,
        (same, copy) -> {
          bytes.addAndGet(-copy.weight);
          return null;
        });
  }

  /** Takes away what has run out. */
  public void sweep() {
    long now = nanos.getAsLong();
    copies.forEach(
        (key, copy) -> {
          // Kept as long as Redis remembers it, for a process that closes to take that back.
          if (now - copy.until >= REMEMBERED.minus(LONGEST_WAIT).toNanos()) {
            remove(key);
          }
        });
  }

  /**
   * Uses and makes no copies any more.
   *
   * @return the keys of which Redis may remember one
   */
  public List<String> close() {
    closed = true;
    return List.copyOf(copies.keySet());
  }

  /** {@return what all copies weigh, in bytes} */
  public long bytes() {
    return bytes.get();
  }

  /** {@return how often a copy was found} */
  public long hits() {
    return hits.sum();
  }

  /** {@return how many copies were begun} */
  public long fills() {
    return numbers.get();
  }

  private static int stripe(String key) {
    return key.hashCode() & STRIPES - 1;
  }
}
