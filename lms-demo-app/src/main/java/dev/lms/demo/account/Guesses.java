// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import dev.lms.demo.http.HttpProblem;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Slows down whoever guesses passwords, and nobody else: after a few wrong ones for an account, the
 * next from the same address is not looked at before a delay that doubles (OWASP ASVS 6.3.1); an
 * address may be wrong so often in all; and it may have so many passwords in the works that others
 * find their turn. An account that is guessed from elsewhere stays open to its owner.
 *
 * <p>An address is a /64 of IPv6. Each worker counts for itself, in bounded memory. Thread-safe.
 */
final class Guesses {
  /** Wrong passwords for one account from one address before the first delay. */
  private static final int FREE = 5;

  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);
  private static final Duration FORGOTTEN = Duration.ofHours(1);

  /** Wrong passwords from one address for whatever accounts. */
  private static final int BURST = 40;

  private static final Duration REFILL = Duration.ofSeconds(3);

  /** Passwords of one address that are hashed or wait for it. */
  private static final int AT_ONCE = 8;

  /** And that wait before that. */
  private static final int IN_LINE = 24;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int REMEMBERED = 10_000;

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Pair, Wrong> pairs = bounded();
  private final Map<String, Address> addresses = bounded();

  Guesses(InstantSource clock) {
    this.clock = clock;
  }

  private record Pair(String account, String address) {}

  private record Wrong(int times, Instant last, Instant notBefore) {}

  private static final class Address {
    final Semaphore turns = new Semaphore(AT_ONCE, true);
    final Semaphore places = new Semaphore(IN_LINE);
    int left = BURST;
    Instant filled;

    Address(Instant now) {
      this.filled = now;
    }
  }

  /** Forgets what was not looked at for longest. */
  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>(64, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > REMEMBERED;
      }
    };
  }

  /** What many addresses of one network are known by. */
  static String network(InetAddress address) {
    if (address instanceof Inet6Address) {
      byte[] bytes = address.getAddress();
      Arrays.fill(bytes, 8, bytes.length, (byte) 0);
      try {
        return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
      } catch (java.net.UnknownHostException e) {
        throw new IllegalStateException("sixteen bytes are an address", e);
      }
    }
    return address.getHostAddress();
  }

  /** A turn of an address to have a password looked at. */
  final class Turn implements AutoCloseable {
    private final Semaphore turns;
    private final Pair pair;

    private Turn(Semaphore turns, Pair pair) {
      this.turns = turns;
      this.pair = pair;
    }

    /** How long not to look at it; zero for at once. */
    Duration delay() {
      lock.lock();
      try {
        Instant now = clock.instant();
        Address address = address(pair.address(), now);
        if (address.left == 0) {
          return Duration.between(now, address.filled.plus(REFILL));
        }
        Wrong wrong = pairs.get(pair);
        return wrong == null || !wrong.notBefore().isAfter(now)
            ? Duration.ZERO
            : Duration.between(now, wrong.notBefore());
      } finally {
        lock.unlock();
      }
    }

    void wasWrong() {
      lock.lock();
      try {
        Instant now = clock.instant();
        Address address = address(pair.address(), now);
        address.left = Math.max(0, address.left - 1);
        Wrong before = pairs.get(pair);
        boolean fresh = before == null || before.last().plus(FORGOTTEN).isBefore(now);
        int times = fresh || before == null ? 1 : before.times() + 1;
        pairs.put(pair, new Wrong(times, now, now.plus(delayAfter(times))));
      } finally {
        lock.unlock();
      }
    }

    void wasRight() {
      lock.lock();
      try {
        pairs.remove(pair);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      turns.release();
    }
  }

  private static Duration delayAfter(int times) {
    if (times < FREE) {
      return Duration.ZERO;
    }
    Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(20, times - FREE));
    return delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
  }

  private Address address(String name, Instant now) {
    Address address = addresses.computeIfAbsent(name, first -> new Address(now));
    long more = Duration.between(address.filled, now).dividedBy(REFILL);
    if (more > 0) {
      address.left = (int) Math.min(BURST, address.left + more);
      address.filled = address.filled.plus(REFILL.multipliedBy(more));
    }
    return address;
  }

  /**
   * Waits for a turn.
   *
   * @throws HttpProblem 503 if too many of the same address wait
   */
  Turn turn(String account, InetAddress from) {
    Pair pair = new Pair(account.length() > 64 ? "" : account, network(from));
    Address address;
    lock.lock();
    try {
      address = address(pair.address(), clock.instant());
    } finally {
      lock.unlock();
    }
    if (!address.places.tryAcquire()) {
      throw tooMany();
    }
    try {
      if (!address.turns.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        throw tooMany();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw tooMany();
    } finally {
      address.places.release();
    }
    return new Turn(address.turns, pair);
  }

  private static HttpProblem tooMany() {
    return HttpProblem.busy(
        "Many people are signing in just now. Try again in a moment.", Duration.ofSeconds(2));
  }
}
