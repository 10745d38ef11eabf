// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Runs {@code pages.lua}: each operation is one round trip and atomic. Tells the server with each
 * the newest point in the order of purges this process has seen, so that a server that lost purges
 * finds out. Safe for use by several threads.
 */
final class PagesScript {
  private static final byte[] KNOWN = ascii("0");
  private static final byte[] UNKNOWN = ascii("1");

  private final UnifiedJedis redis;
  private final String base;
  private final boolean inCluster;
  private final byte[] orderKey;
  private final byte[] nodesKey;
  private final byte[] script;
  private final byte[] scriptSha;

  /** Names for epochs that this process may begin: never the same twice. */
  private final String epochs = UUID.randomUUID() + "/";

  private final AtomicLong epochNumber = new AtomicLong();
  private final AtomicReference<Stamp> newest = new AtomicReference<>(new Stamp("", 0));

  /**
   * @param base what all keys begin with that share an order of purges, hash tag included
   * @param inCluster whether to name one key only, see there
   */
  PagesScript(UnifiedJedis redis, String base, boolean inCluster) {
    this.redis = redis;
    this.base = base;
    this.inCluster = inCluster;
    this.orderKey = key("purges");
    this.nodesKey = key("nodes");
    this.script = of(base, read());
    this.scriptSha = ascii(sha1(script));
  }

  /** The whole name of a key. */
  byte[] key(String name) {
    return utf8(base + name);
  }

  private static byte[] read() {
    try (InputStream in = PagesScript.class.getResourceAsStream("pages.lua")) {
      if (in == null) {
        throw new IllegalStateException("pages.lua is missing from the jar of the page cache");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("pages.lua could not be read from the jar", e);
    }
  }

  /**
   * A script of this order's own. That the server does not know it says that it was restarted; were
   * it the same for all, the first to ask would hide that from the others.
   */
  private static byte[] of(String base, byte[] script) {
    byte[] whose = ascii("\n-- " + sha1(utf8(base)) + "\n");
    byte[] own = Arrays.copyOf(script, script.length + whose.length);
    System.arraycopy(whose, 0, own, script.length, whose.length);
    return own;
  }

  /** The name Redis gives a script. */
  private static String sha1(byte[] script) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(script));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-1; this one does not", e);
    }
  }

  /** Runs an operation whose answer begins with epoch and clock, and remembers these. */
  List<?> list(String operation, List<byte[]> more, List<byte[]> arguments) {
    List<?> reply = (List<?>) run(operation, more, arguments);
    learn(reply);
    return reply;
  }

  /** Remembers the epoch and clock that an answer begins with. */
  void learn(List<?> reply) {
    Stamp now = stamp(reply);
    Stamp last = newest.get();
    if (isNewer(now, last)) {
      newest.accumulateAndGet(now, (was, is) -> isNewer(is, was) ? is : was);
    }
  }

  private static boolean isNewer(Stamp now, Stamp last) {
    return now.clock() > last.clock() || !now.epoch().equals(last.epoch());
  }

  /** Runs an operation whose answer is a list that begins with something else. */
  List<?> reply(String operation, List<byte[]> more, List<byte[]> arguments) {
    return (List<?>) run(operation, more, arguments);
  }

  /** The score of a member of a sorted set; zero if there is none. */
  long score(byte[] set, String member) {
    return retried(() -> redis.zscore(set, utf8(member))) instanceof Double score
        ? score.longValue()
        : 0;
  }

  /** Runs an operation whose answer is a number. */
  long number(String operation, List<byte[]> more, List<byte[]> arguments) {
    return (Long) run(operation, more, arguments);
  }

  /** The point in the order of purges at which the server answered. */
  static Stamp stamp(List<?> reply) {
    return new Stamp(text(reply.get(0)), (Long) reply.get(1));
  }

  static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.UTF_8);
  }

  private Object run(String operation, List<byte[]> more, List<byte[]> arguments) {
    List<byte[]> keys = new ArrayList<>(List.of(orderKey));
    if (!inCluster) {
      keys.add(nodesKey);
      keys.addAll(more);
    }
    return Objects.requireNonNull(retried(() -> call(keys, operation, arguments)));
  }

  /** An operation as a command for the server that has this order, should it know the script. */
  byte[][] command(String operation, List<byte[]> arguments) {
    List<byte[]> all = new ArrayList<>(List.of(scriptSha, ascii("1"), orderKey));
    all.addAll(with(operation, newEpoch(), KNOWN, arguments));
    return all.toArray(byte[][]::new);
  }

  private byte[] newEpoch() {
    return ascii(epochs + epochNumber.incrementAndGet());
  }

  /** Waits until something is in this list, and takes it out; not longer than this. */
  void await(byte[] list, double seconds) {
    retried(() -> redis.blpop(seconds, list));
  }

  /** All operations may be repeated. */
  private @Nullable Object retried(Supplier<? extends @Nullable Object> call) {
    try {
      return FreshConnections.retried(redis, call);
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

  private Object call(List<byte[]> keys, String operation, List<byte[]> arguments) {
    byte[] epoch = newEpoch();
    try {
      return redis.evalsha(scriptSha, keys, with(operation, epoch, KNOWN, arguments));
    } catch (JedisNoScriptException e) {
      return redis.eval(script, keys, with(operation, epoch, UNKNOWN, arguments));
    }
  }

  private List<byte[]> with(String operation, byte[] epoch, byte[] isNew, List<byte[]> arguments) {
    Stamp seen = newest.get();
    List<byte[]> all = new ArrayList<>(5 + arguments.size());
    all.add(ascii(operation));
    all.add(epoch);
    all.add(isNew);
    all.add(utf8(seen.epoch()));
    all.add(number(seen.clock()));
    all.addAll(arguments);
    return all;
  }

  static byte[] number(long number) {
    return ascii(Long.toString(number));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
