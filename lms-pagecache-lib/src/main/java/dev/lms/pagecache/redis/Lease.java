// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.redis.PagesScript.number;
import static dev.lms.pagecache.redis.PagesScript.utf8;

import dev.lms.pagecache.redis.NearCopies.News;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's lease on its near copies, renewed by a thread of its own four times in its length, and
 * at once when a purge wakes it.
 *
 * <p>A renewal tells Redis which purges the node obeys, and brings those it has not heard of. The
 * node obeys these, then relies on the lease, then says so with the next renewal; a purge returns
 * only after that. The lease counts from before the renewal was sent, so it ends here before
 * whoever waits for it stops waiting. Without requests the thread rests, and there is no lease.
 */
final class Lease implements AutoCloseable {
  /** No lease is longer, and no purge waits longer for one to run out. */
  static final Duration LONGEST = Duration.ofSeconds(1);

  /** Renewals without a request between them until the thread rests. */
  private static final int IDLE_RENEWALS = 40;

  private static final System.Logger LOG = System.getLogger(Lease.class.getName());
  private static final Duration END = Duration.ofSeconds(3);

  private final PagesScript script;
  private final NearCopies copies;
  private final KnownEpoch known;
  private final LongSupplier nanos;
  private final long length;
  private final byte[] node;
  private final byte[] wakeList;
  private final Thread thread;
  private volatile boolean asked;
  private volatile boolean closed;

  /** What the thread has asked Redis; null while it asks nothing. */
  private volatile @Nullable Question question;

  /**
   * Asked of Redis by the thread.
   *
   * @param due when an answer is overdue, by this node's clock
   */
  private record Question(long due) {}

  /**
   * A lease; {@link #start} makes it renew itself.
   *
   * @param longest how long those who purge wait for it to run out
   */
  Lease(
      PagesScript script,
      String prefix,
      NearCopies copies,
      KnownEpoch known,
      Duration longest,
      LongSupplier nanos) {
    this.script = script;
    this.copies = copies;
    this.known = known;
    this.nanos = nanos;
    // Shorter than others wait for, should the clock of this machine run slower than theirs.
    this.length = longest.toNanos() / 10 * 9;
    String name = UUID.randomUUID().toString();
    this.node = utf8(name);
    this.wakeList = utf8(wakePrefix(prefix) + name);
    this.thread = new Thread(this::run, "page cache lease");
    this.thread.setDaemon(true);
  }

  /** What the names of the lists begin with that wake nodes. */
  static String wakePrefix(String prefix) {
    return prefix + "{pages}:wake:";
  }

  void start() {
    thread.start();
  }

  /** There was a request, so a lease pays. */
  void asked() {
    if (!asked) {
      asked = true;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    int idle = 0;
    boolean failed = false;
    while (!closed) {
      try {
        idle = asked ? 0 : idle + 1;
        asked = false;
        if (idle > IDLE_RENEWALS) {
          rest();
        } else if (!asking(0, this::renew)) {
          asking(
              pause(),
              () -> {
                script.await(wakeList, (double) pause() / TimeUnit.SECONDS.toNanos(1));
                return true;
              });
        }
        failed = false;
      } catch (PageStoreException e) {
        if (!failed) {
          LOG.log(
              System.Logger.Level.WARNING, "No near copies of pages for now: {0}", e.toString());
        }
        failed = true;
        LockSupport.parkNanos(pause());
      } catch (RuntimeException | Error e) {
        // Whatever it was, this thread is the only one that can bring near copies back.
        copies.giveUpLease();
        if (!failed) {
          LOG.log(System.Logger.Level.ERROR, "No near copies of pages for now", e);
        }
        failed = true;
        LockSupport.parkNanos(pause());
      }
    }
    leave();
  }

  private long pause() {
    return length / 4;
  }

  /** Asks Redis what it may take that long to answer. */
  boolean asking(long nanosToAnswer, BooleanSupplier what) {
    question = new Question(nanos.getAsLong() + nanosToAnswer + length / 2);
    try {
      return what.getAsBoolean();
    } finally {
      question = null;
    }
  }

  /**
   * Whether Redis owes the thread an answer for so long that requests need not wait for one of
   * their own. A lease does not end before that because Redis is silent, so that those who find
   * their copy out of use are told at once.
   */
  boolean isOverdue() {
    Question open = question;
    return open != null && nanos.getAsLong() - open.due() >= 0;
  }

  private void rest() {
    leave();
    while (!asked && !closed) {
      LockSupport.park(this);
    }
  }

  /**
   * An answered renewal.
   *
   * @param until when the lease ends, by this node's clock
   */
  record Renewal(News news, long until) {}

  /**
   * Renews once.
   *
   * @return whether Redis has yet to hear, by another renewal, that the node obeys
   */
  private boolean renew() {
    return obey(ask());
  }

  /** Tells Redis which purges the node obeys, and hears of others. */
  Renewal ask() {
    // Redis answers later than this, so those who purge wait longer than the lease.
    long until = nanos.getAsLong() + length;
    return new Renewal(news(), until);
  }

  /** Obeys, and relies on the lease from then on. */
  boolean obey(Renewal renewal) {
    return copies.obey(renewal.news(), renewal.until());
  }

  private News news() {
    Stamp obeys = copies.obeys();
    List<?> reply =
        script.list(
            "renew",
            List.of(wakeList),
            List.of(node, utf8(obeys.epoch()), number(obeys.clock()), utf8(known.settled())));
    Map<String, Long> purged = new HashMap<>();
    long everythingUntil = 0;
    for (int i = 2; i < reply.size(); i += 2) {
      String member = PagesScript.text(reply.get(i));
      long purge = Long.parseLong(PagesScript.text(reply.get(i + 1)));
      if (member.startsWith("t:")) {
        purged.put(member.substring(2), purge);
      } else {
        everythingUntil = purge;
      }
    }
    Stamp at = PagesScript.stamp(reply);
    known.saw(at.epoch());
    return new News(at, purged, everythingUntil);
  }

  /** Stops relying on the lease, then tells Redis so. */
  void leave() {
    copies.giveUpLease();
    try {
      script.number("leave", List.of(wakeList), List.of(node));
    } catch (PageStoreException e) {
      // The next purge waits for this node in vain, once.
    }
  }

  @Override
  public void close() {
    closed = true;
    copies.giveUpLease();
    LockSupport.unpark(thread);
    try {
      script.number("wake", List.of(wakeList), List.of(number(LONGEST.toMillis())));
      thread.join(END.toMillis());
      // The thread may have left before it was to be woken.
      leave();
    } catch (PageStoreException e) {
      // It wakes by itself, and Redis is away: there is nobody to tell.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
