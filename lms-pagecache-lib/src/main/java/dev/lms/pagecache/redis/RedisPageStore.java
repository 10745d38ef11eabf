// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.redis.PagesScript.number;
import static dev.lms.pagecache.redis.PagesScript.utf8;

import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageCodec;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;

/**
 * Keeps pages in Redis 6.2 or newer, shared by all nodes with the same prefix, bounded in bytes. A
 * lookup and a store are one network round trip each, and so is a purge as long as no node has near
 * copies ({@link NearPageStore}).
 *
 * <p>Each of the three is one script and so is atomic. Redis remembers the epoch, the clock and
 * when each tag was last purged; every entry remembers up to which clock none of its tags was
 * purged since its render began, so a lookup looks at later purges only. Losing that memory begins
 * a new epoch, and nothing of an older epoch is ever served. A new epoch also begins on a server
 * that was restarted or took over from another, or knows fewer purges than the caller: it may have
 * forgotten purges that its entries should obey. A replica serves no pages.
 *
 * <p>On one server, or one that Sentinels watch, all keys share one hash tag. In a Redis Cluster
 * pages are spread over sixteen, by path and query; each has an order of purges and a sixteenth of
 * the budget. A purge reaches them all, in one round trip for each master, and fails if one does
 * not acknowledge it. There are no near copies. While a slot is moving, pages that have been moved,
 * or not, are missing, none is stored there, and purges go on; when it has moved, its pages are
 * gone.
 *
 * <p>A purge waits until every node with near copies has confirmed it, or until their leases have
 * run out: a second at most. The first purge after Redis was new, or lost its memory, waits that
 * second for nodes that nobody knows of.
 *
 * <p>All pages together stay within their budget and out of the last quarter of a Redis with a
 * {@code maxmemory}, which is left to others, such as sessions. Up to half of what they may take
 * every page is stored, beyond that only pages whose address was requested before, on any node.
 * Pages that nobody asked Redis for make room for new ones; other keys never do. A page that Redis
 * refuses for lack of memory is not stored. Every key has a time to live, so it ends even if every
 * process was killed.
 *
 * <p>Limit: while an old and a new master both accept commands, nodes that talk to different
 * masters do not see each other's purges. Redis's {@code min-replicas-to-write} bounds that: a
 * master that has lost the replicas it should have serves no pages. Thread-safe; the caller sets
 * the bounds and time-outs of the client's pool.
 */
public final class RedisPageStore implements PageStore {
  /** What every key of the page cache starts with unless set otherwise. */
  public static final String DEFAULT_PREFIX = "cache:";

  /** The default budget of all pages: 64 MiB. */
  public static final long DEFAULT_MAX_BYTES = 64L << 20;

  private static final List<String> BUDGET = List.of("ledger", "room", "asked", "asked-before");

  private final Buckets buckets;
  private final @Nullable ClusterPurges clusterPurges;
  private final String prefix;
  private final InstantSource clock;
  private final long maxBytes;
  private final Duration longestLease;
  private final LongSupplier nanos;
  private final KnownEpoch known;
  private final Purges purges;

  /**
   * Creates a store with the default budget.
   *
   * @param redis a client, such as {@code RedisClient}; the caller closes it
   * @param prefix what every key starts with
   * @param clock judges freshness and sets lifetimes
   */
  public RedisPageStore(UnifiedJedis redis, String prefix, InstantSource clock) {
    this(redis, prefix, clock, DEFAULT_MAX_BYTES);
  }

  /**
   * Creates a store.
   *
   * @param redis a client, such as {@code RedisClient}; the caller closes it
   * @param prefix what every key starts with
   * @param clock judges freshness and sets lifetimes
   * @param maxBytes how many bytes the pages of all nodes may take in Redis; the same on all nodes
   */
  public RedisPageStore(UnifiedJedis redis, String prefix, InstantSource clock, long maxBytes) {
    this(redis, prefix, clock, maxBytes, Lease.LONGEST, System::nanoTime);
  }

  /** With leases of another length, equal on all nodes, and a time of its own. */
  RedisPageStore(
      UnifiedJedis redis,
      String prefix,
      InstantSource clock,
      Duration longestLease,
      LongSupplier nanos) {
    this(redis, prefix, clock, DEFAULT_MAX_BYTES, longestLease, nanos);
  }

  private RedisPageStore(
      UnifiedJedis redis,
      String prefix,
      InstantSource clock,
      long maxBytes,
      Duration longestLease,
      LongSupplier nanos) {
    this.buckets = Buckets.of(redis, prefix);
    this.clusterPurges =
        redis instanceof RedisClusterClient cluster
            ? new ClusterPurges(cluster, buckets.all())
            : null;
    this.prefix = prefix;
    this.clock = clock;
    this.maxBytes = maxBytes;
    this.longestLease = longestLease;
    this.nanos = nanos;
    this.known = new KnownEpoch(longestLease, nanos);
    this.purges =
        new Purges(buckets.all().get(0), Lease.wakePrefix(prefix), known, longestLease, nanos);
  }

  /** A lookup, and the point in the order of purges at which it was answered. */
  record Found(Lookup lookup, Stamp at) {}

  @Override
  public Lookup lookup(PageKey key, Stamp seen) {
    return find(key).lookup();
  }

  Found find(PageKey key) {
    PagesScript script = buckets.of(key);
    List<byte[]> name = List.of(pageKey(script, key));
    List<?> reply = script.list("lookup", name, isInCluster() ? name : List.of());
    Stamp at = PagesScript.stamp(reply);
    if (!isInCluster()) {
      known.saw(at.epoch());
    }
    Optional<Page> stored =
        reply.size() > 2 ? readable((byte[]) reply.get(2)) : Optional.<Page>empty();
    Instant now = clock.instant();
    Optional<Page> page =
        stored.map(kept -> kept.keptAtMost(Duration.ofMillis((Long) reply.get(3)), now));
    if (page.isPresent() && page.get().isFresh(now)) {
      return new Found(new Hit(page.get()), at);
    }
    return new Found(new Miss(at, page.filter(stale -> now.isBefore(stale.keptUntil()))), at);
  }

  /** An entry of another version is no entry. */
  private static Optional<Page> readable(byte[] bytes) {
    try {
      return Optional.of(PageCodec.decode(bytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public Stored store(PageKey key, Page rendered, Stamp stamp) {
    Instant now = clock.instant();
    Page page = rendered.toBeStored(now);
    long millis = Duration.between(now, page.keptUntil()).toMillis();
    if (millis <= 0) {
      return Stored.PURGED;
    }
    PagesScript script = buckets.of(key);
    byte[] name = pageKey(script, key);
    byte[] bytes = PageCodec.encode(page);
    List<byte[]> tags = page.tags().stream().map(PagesScript::utf8).toList();
    List<byte[]> keys = Stream.concat(Stream.of(name), BUDGET.stream().map(script::key)).toList();
    List<byte[]> arguments = new ArrayList<>(11 + tags.size());
    arguments.add(utf8(stamp.epoch()));
    arguments.add(number(stamp.clock()));
    arguments.add(number(millis));
    arguments.add(bytes);
    arguments.add(number(FarWeight.of(name, bytes, tags)));
    arguments.add(number(maxBytes / buckets.all().size()));
    for (int bit : AskedBits.of(name)) {
      arguments.add(number(bit));
    }
    arguments.add(isInCluster() ? name : new byte[0]);
    arguments.addAll(tags);
    List<?> reply = script.reply("store", keys, arguments);
    return switch (((Long) reply.get(0)).intValue()) {
      case 1 -> Stored.KEPT;
      case 2 -> Stored.ASKED_ONCE;
      case 3 -> Stored.FULL;
      default -> Stored.PURGED;
    };
  }

  /** Memory that all pages take in Redis by its ledger: one round trip, sixteen in a Cluster. */
  @Override
  public long sharedBytes() {
    return buckets.all().stream()
        .mapToLong(script -> script.score(script.key(BUDGET.get(0)), "total") * FarWeight.UNIT)
        .sum();
  }

  @Override
  public void purge(Collection<String> tags) {
    if (clusterPurges != null) {
      clusterPurges.purge(tags);
    } else {
      purges.await(purges.begin(tags));
    }
  }

  /** In a Cluster it is the same as {@link #purge}: there is nobody to wait for. */
  @Override
  public Stamp purgeWithoutWaiting(Collection<String> tags) {
    if (clusterPurges != null) {
      clusterPurges.purge(tags);
      return Stamp.NONE;
    }
    return purges.beginWithoutWaiting(tags).at();
  }

  @Override
  public long bytes() {
    return 0;
  }

  /** Then pages have several orders of purges, and near copies none that they could obey. */
  boolean isInCluster() {
    return clusterPurges != null;
  }

  /** A lease on near copies of this store's pages. */
  Lease lease(NearCopies copies) {
    return new Lease(buckets.all().get(0), prefix, copies, known, longestLease, nanos);
  }

  /** What leases are measured by. */
  LongSupplier nanos() {
    return nanos;
  }

  /** For tests that go step by step. */
  Purges purges() {
    return purges;
  }

  private static byte[] pageKey(PagesScript script, PageKey key) {
    return script.key("page:" + key.text());
  }
}
