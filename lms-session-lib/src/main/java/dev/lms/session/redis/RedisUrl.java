package dev.lms.session.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/** A Redis URL, taken apart. */
record RedisUrl(
    Kind kind,
    boolean tls,
    @Nullable String user,
    @Nullable String password,
    Set<HostAndPort> nodes,
    @Nullable String master,
    int database) {

  enum Kind {
    SINGLE(6379),
    SENTINEL(26379),
    CLUSTER(6379);

    private final int defaultPort;

    Kind(int defaultPort) {
      this.defaultPort = defaultPort;
    }
  }

  private static final Pattern URL =
      Pattern.compile(
          "redis(?<tls>s?)(?:-(?<kind>sentinel|cluster))?://"
              + "(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
              + "(?<nodes>[^@/?#]+)(?<path>/[^?#]*)?");

  static RedisUrl parse(String url) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw wrong("is not one");
    }
    Kind kind = parts.group("kind") == null ? Kind.SINGLE : Kind.valueOf(upper(parts));
    Set<HostAndPort> nodes = nodes(parts.group("nodes"), kind);
    String path = parts.group("path") == null ? "" : parts.group("path").substring(1);
    String master = null;
    if (kind == Kind.SENTINEL) {
      int cut = path.indexOf('/');
      master = cut < 0 ? path : path.substring(0, cut);
      path = cut < 0 ? "" : path.substring(cut + 1);
      if (master.isEmpty()) {
        throw wrong("needs the master's name behind the sentinels");
      }
    }
    if (kind == Kind.SINGLE && nodes.size() > 1) {
      throw wrong("names several servers; use redis-sentinel:// or redis-cluster://");
    }
    return new RedisUrl(
        kind,
        !parts.group("tls").isEmpty(),
        decoded(parts.group("user")),
        decoded(parts.group("password")),
        nodes,
        master,
        database(path, kind));
  }

  private static String upper(Matcher parts) {
    return parts.group("kind").toUpperCase(Locale.ROOT);
  }

  private static Set<HostAndPort> nodes(String text, Kind kind) {
    Set<HostAndPort> nodes = new LinkedHashSet<>();
    for (String node : text.split(",", -1)) {
      int colon = node.lastIndexOf(':');
      boolean hasPort = colon > node.lastIndexOf(']');
      String host = hasPort ? node.substring(0, colon) : node;
      if (host.isEmpty()) {
        throw wrong("names no host");
      }
      nodes.add(
          new HostAndPort(host, hasPort ? number(node.substring(colon + 1)) : kind.defaultPort));
    }
    return nodes;
  }

  private static int database(String path, Kind kind) {
    if (path.isEmpty()) {
      return 0;
    }
    if (kind == Kind.CLUSTER) {
      throw wrong("names a database, and a cluster has only one");
    }
    return number(path);
  }

  private static int number(String text) {
    if (!text.matches("\\d{1,5}")) {
      throw wrong("has '" + text + "' where a number belongs");
    }
    return Integer.parseInt(text);
  }

  private static @Nullable String decoded(@Nullable String text) {
    return text == null || text.isEmpty() ? null : URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Without the URL itself: it may hold a password. */
  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "the Redis URL "
            + what
            + "; write redis://[user:password@]host[:port][/database], rediss:// for TLS,"
            + " redis-sentinel://host:port,host:port/master, or redis-cluster://host:port,host:port");
  }
}
