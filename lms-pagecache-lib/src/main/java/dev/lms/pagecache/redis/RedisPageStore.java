package dev.lms.pagecache.redis;

import dev.lms.pagecache.Page;
import dev.lms.pagecache.PageKey;
import dev.lms.pagecache.PageStore;
import dev.lms.pagecache.PageStoreException;
import dev.lms.pagecache.Stamp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Pages in Redis 6.2 or newer, shared by all nodes that use the same prefix: a lookup, a store and
 * a purge are one network round trip each.
 *
 * <p>All three are one script, so that each is atomic. One hash remembers the epoch, the clock and
 * when each tag was last purged; every entry remembers the stamp its render started with. Losing
 * the hash begins a new epoch, and nothing of an older epoch is ever served. So does a server that
 * does not know the script: it has been restarted or has taken over from another, and may have
 * forgotten purges that entries it still holds should have obeyed. All keys share one hash tag, so
 * that a Cluster keeps them in one slot.
 *
 * <p>Limit: while an old and a new master both believe to be in charge, nodes that talk to
 * different ones do not see each other's purges. Safe for use by several threads; the client's pool
 * bounds and its time-outs are the caller's.
 */
public final class RedisPageStore implements PageStore {
  /** What every key of the page cache starts with unless set otherwise. */
  public static final String DEFAULT_PREFIX = "cache:";

  private static final byte[] LOOKUP = ascii("lookup");
  private static final byte[] STORE = ascii("store");
  private static final byte[] PURGE = ascii("purge");
  private static final byte[] KNOWN = ascii("0");
  private static final byte[] UNKNOWN = ascii("1");

  private final UnifiedJedis redis;
  private final InstantSource clock;
  private final byte[] memoryKey;
  private final String pagePrefix;
  private final byte[] script;
  private final byte[] scriptSha;

  /** Names for epochs that this store may begin: never the same twice. */
  private final String epochs = UUID.randomUUID() + "/";

  private final AtomicLong epochNumber = new AtomicLong();

  /**
   * A store.
   *
   * @param redis a client, as {@code RedisClient}; stays the caller's to close
   * @param prefix what every key starts with
   * @param clock judges freshness and sets lifetimes
   */
  public RedisPageStore(UnifiedJedis redis, String prefix, InstantSource clock) {
    this.redis = redis;
    this.clock = clock;
    this.memoryKey = utf8(prefix + "{pages}:purges");
    this.pagePrefix = prefix + "{pages}:page:";
    this.script = readScript();
    this.scriptSha = ascii(sha1(script));
  }

  private static byte[] readScript() {
    try (InputStream in = RedisPageStore.class.getResourceAsStream("pages.lua")) {
      if (in == null) {
        throw new IllegalStateException("pages.lua is missing from the jar of the page cache");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("pages.lua could not be read from the jar", e);
    }
  }

  /** The name Redis gives a script. */
  private static String sha1(byte[] script) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(script));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-1; this one does not", e);
    }
  }

  @Override
  public Lookup lookup(PageKey key) {
    List<?> reply = (List<?>) run(List.of(memoryKey, pageKey(key)), LOOKUP, List.of());
    Optional<Page> page =
        reply.size() > 2 ? readable((byte[]) reply.get(2)) : Optional.<Page>empty();
    Instant now = clock.instant();
    if (page.isPresent() && page.get().isFresh(now)) {
      return new Hit(page.get());
    }
    String epoch = new String((byte[]) reply.get(0), StandardCharsets.UTF_8);
    return new Miss(
        new Stamp(epoch, (Long) reply.get(1)),
        page.filter(stale -> now.isBefore(stale.keptUntil())));
  }

  /** An entry of another version is no entry. */
  private static Optional<Page> readable(byte[] bytes) {
    try {
      return Optional.of(Page.fromBytes(bytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean store(PageKey key, Page page, Stamp stamp) {
    long millis = Duration.between(clock.instant(), page.keptUntil()).toMillis();
    if (millis <= 0) {
      return false;
    }
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(utf8(stamp.epoch()));
    arguments.add(ascii(Long.toString(stamp.clock())));
    arguments.add(ascii(Long.toString(millis)));
    arguments.add(page.toBytes());
    page.tags().forEach(tag -> arguments.add(utf8(tag)));
    return (Long) run(List.of(memoryKey, pageKey(key)), STORE, arguments) == 1;
  }

  @Override
  public void purge(Collection<String> tags) {
    run(List.of(memoryKey), PURGE, tags.stream().map(RedisPageStore::utf8).toList());
  }

  @Override
  public long bytes() {
    return 0;
  }

  private byte[] pageKey(PageKey key) {
    return utf8(pagePrefix + key.text());
  }

  private Object run(List<byte[]> keys, byte[] operation, List<byte[]> arguments) {
    try {
      return call(keys, operation, arguments);
    } catch (JedisConnectionException e) {
      if (e.getCause() instanceof SocketTimeoutException) {
        throw outage(e);
      }
      // A pooled connection whose server went away fails once. All operations may be repeated.
      try {
        return call(keys, operation, arguments);
      } catch (JedisException again) {
        throw outage(again);
      }
    } catch (JedisException e) {
      throw outage(e);
    }
  }

  private static PageStoreException outage(JedisException e) {
    return new PageStoreException(
        "The Redis of the page cache does not answer as it should; check that it runs, is"
            + " reachable and has memory",
        e);
  }

  private Object call(List<byte[]> keys, byte[] operation, List<byte[]> arguments) {
    byte[] epoch = ascii(epochs + epochNumber.incrementAndGet());
    try {
      return redis.evalsha(scriptSha, keys, with(operation, epoch, KNOWN, arguments));
    } catch (JedisNoScriptException e) {
      return redis.eval(script, keys, with(operation, epoch, UNKNOWN, arguments));
    }
  }

  private static List<byte[]> with(
      byte[] operation, byte[] epoch, byte[] isNew, List<byte[]> arguments) {
    List<byte[]> all = new ArrayList<>(3 + arguments.size());
    all.add(operation);
    all.add(epoch);
    all.add(isNew);
    all.addAll(arguments);
    return all;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
