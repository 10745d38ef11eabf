package dev.lms.session.redis;

import dev.lms.session.SessionStoreException;
import java.net.SocketTimeoutException;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/** What it means when Redis does not do as it is told, and what a person can do about it. */
final class Failure {
  private Failure() {}

  /** Whether the connection broke, rather than that Redis said no or nothing in time. */
  static boolean isBrokenConnection(JedisException e) {
    return (e instanceof JedisConnectionException || e instanceof SentOnceInCluster.Broken)
        && !isTimeout(e);
  }

  /** Jedis hangs what happened at each of several addresses below the cause. */
  private static boolean isTimeout(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SocketTimeoutException
          || Stream.of(t.getSuppressed()).anyMatch(SocketTimeoutException.class::isInstance)) {
        return true;
      }
    }
    return false;
  }

  /** Closes the connections at rest: where one broke, Redis was restarted and all are dead. */
  static void forgetIdleConnections(UnifiedJedis redis) {
    if (redis instanceof RedisClient single) {
      single.getPool().clear();
    } else if (redis instanceof RedisSentinelClient sentinel) {
      sentinel.getPrimaryNodesConnectionMap().values().forEach(Pool::clear);
    } else if (redis instanceof RedisClusterClient cluster) {
      cluster.getClusterNodes().values().forEach(Pool::clear);
    }
  }

  static SessionStoreException outage(JedisException e) {
    return new SessionStoreException("Redis did not take a session command: " + reason(e), e);
  }

  private static String reason(JedisException e) {
    StringBuilder all = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      all.append(t.getMessage()).append('\n');
    }
    String messages = all.toString();
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
          + e.getMessage();
    }
    if (messages.contains("READONLY")) {
      return "this is a replica. Give the master's address, or redis-sentinel:// with all Sentinels";
    }
    if (messages.contains("MISCONF") || messages.contains("NOREPLICAS")) {
      return "it refuses writes until its disk or its replicas are well again: " + e.getMessage();
    }
    if (messages.contains("PKIX") || messages.contains("SSLHandshake")) {
      return "its TLS certificate is not trusted. Have it signed by an authority that this JVM"
          + " trusts, or add that one with -Djavax.net.ssl.trustStore: "
          + e.getMessage();
    }
    if (e.getCause() instanceof NoSuchElementException) {
      return "all connections were busy for too long. Redis is slow, or the pool is too small";
    }
    if (isTimeout(e)) {
      return "no answer in time";
    }
    return String.valueOf(e.getMessage());
  }
}
