// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.SessionStoreException;
import java.net.SocketTimeoutException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/** What it means when Redis does not do as it is told, and what a person can do about it. */
final class Failure {
  private Failure() {}

  /** Whether the connection broke by itself, rather than that Redis said no or nothing in time. */
  static boolean isBrokenConnection(JedisException e) {
    return (e instanceof JedisConnectionException || e instanceof SentOnceInCluster.Broken)
        && !isTimeout(e)
        && !isInterrupt(e);
  }

  /** Whether the key holds what this library never put there. */
  static boolean isWrongType(JedisDataException e) {
    return String.valueOf(e.getMessage()).startsWith("WRONGTYPE");
  }

  /**
   * Whether somebody wants this thread to stop. That breaks what it waits for: its turn in the
   * pool, which forgets the thread's interrupt status (it is set again here), or, on a virtual
   * thread, its connection.
   */
  static boolean isInterrupt(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
    return Thread.currentThread().isInterrupted();
  }

  /** Jedis hangs what happened at each of several addresses below the cause. */
  static boolean isTimeout(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SocketTimeoutException
          || Stream.of(t.getSuppressed()).anyMatch(SocketTimeoutException.class::isInstance)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Closes the connections at rest: where one broke, Redis was restarted and all are dead. Those
   * that {@link RedisConnections} opened take care of themselves.
   */
  static void forgetIdleConnections(UnifiedJedis redis) {
    for (Pool<Connection> pool : Node.pools(redis)) {
      if (!(pool.getFactory() instanceof Node)) {
        pool.clear();
      }
    }
  }

  /** What the caller of a store is told. */
  static SessionStoreException of(JedisException e) {
    String failed = "Redis did not take a session command: ";
    if (isInterrupt(e)) {
      return SessionStoreException.ofThisCall(failed + "this thread was interrupted", e);
    }
    if (e instanceof SharedWrites.CutOff) {
      return SessionStoreException.ofThisCall(failed + e.getMessage(), e);
    }
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(e, seen, new StringBuilder());
    return seen.stream().anyMatch(ClusterNodes.OfOneNode.class::isInstance)
        ? SessionStoreException.ofThisCall(failed + reason(e), e)
        : new SessionStoreException(failed + reason(e), e);
  }

  private static String reason(JedisException e) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    StringBuilder lines = new StringBuilder();
    collect(e, seen, lines);
    String messages = lines.toString();
    if (messages.contains("OOM command not allowed")) {
      return "it is full. Raise its maxmemory, or keep other data in another Redis; sign-outs and"
          + " reads go on meanwhile";
    }
    if (messages.contains("WRONGPASS") || messages.contains("NOAUTH")) {
      return "it does not accept the user or the password. Check both in the URL (percent-encoded)"
          + " against ACL LIST or requirepass";
    }
    if (messages.contains("NOPERM")) {
      return "its ACL forbids it. Allow the user the commands and the key prefix that the README"
          + " lists under Redis: "
          + line(messages, "NOPERM");
    }
    if (messages.contains("READONLY")) {
      return "this is a replica. Give the master's address, or redis-sentinel:// with all Sentinels";
    }
    if (messages.contains("LOADING") || messages.contains("MASTERDOWN")) {
      return "it has yet to read its data from disk or from its master; that ends by itself";
    }
    if (messages.contains("CLUSTERDOWN")) {
      return "its cluster is not complete. If that stays, let redis-cli --cluster check find what is"
          + " wrong";
    }
    if (messages.contains("MISCONF") || messages.contains("NOREPLICAS")) {
      return "it refuses writes until its disk or its replicas are well again: "
          + line(messages, "MISCONF|NOREPLICAS");
    }
    if (messages.contains("PKIX") || messages.contains("SSLHandshake")) {
      return "its TLS certificate is not trusted, or is another host's. Have it signed by an"
          + " authority that this JVM trusts, or add that one with -Djavax.net.ssl.trustStore; it"
          + " must name the host that the URL, the Sentinels or the cluster name: "
          + line(messages, "Failed to connect|PKIX|SSLHandshake|No subject alternative");
    }
    if (messages.contains("TRYAGAIN")) {
      return "the cluster is moving this session from one node to another. Try again in a moment";
    }
    if (messages.contains("MOVED ")) {
      return "the cluster's nodes do not agree on which has this session. If that stays, let redis-cli"
          + " --cluster check find what is wrong, and --cluster fix repairs it";
    }
    if (e.getCause() instanceof NoSuchElementException) {
      return "all connections were busy for too long. Redis is slow, or the pool is too small";
    }
    if (isTimeout(e)) {
      return "no answer in time";
    }
    return String.valueOf(e.getMessage());
  }

  /**
   * One message a line. Jedis hangs what happened at each node or address below the exception, in
   * circles even.
   */
  private static void collect(@Nullable Throwable e, Set<Throwable> seen, StringBuilder lines) {
    if (e != null && seen.add(e)) {
      lines.append(e.getMessage()).append('\n');
      Stream.of(e.getSuppressed()).forEach(below -> collect(below, seen, lines));
      collect(e.getCause(), seen, lines);
    }
  }

  private static String line(String messages, String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return messages.lines().filter(line -> wanted.matcher(line).find()).findFirst().orElse("");
  }
}
