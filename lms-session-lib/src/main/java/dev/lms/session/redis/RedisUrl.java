// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and how to sign in to it. Immutable; {@link #toString} hides the password.
 *
 * <ul>
 *   <li>{@code redis://[[user:]password@]host[:6379][/database]}
 *   <li>{@code redis-sentinel://[[user:]password@]host[:26379],…/master[/database]}
 *   <li>{@code redis-cluster://[[user:]password@]host[:6379],…}
 *   <li>{@code rediss://}, {@code rediss-sentinel://} and {@code rediss-cluster://}: the same with
 *       TLS on every connection, to the Sentinels too
 * </ul>
 */
public final class RedisUrl {
  record Parts(
      String url,
      Topology topology,
      boolean tls,
      Optional<String> user,
      Optional<String> password,
      List<Node> nodes,
      int database,
      String master) {}

  private final Parts parts;

  RedisUrl(Parts parts) {
    this.parts = parts;
  }

  /** How the nodes work together. */
  public enum Topology {
    /** One server. */
    SINGLE,
    /** A master found by asking Sentinels. */
    SENTINEL,
    /** A Redis Cluster. */
    CLUSTER
  }

  /**
   * A server's address.
   *
   * @param host a name or an address, without brackets
   * @param port 1 to 65535
   */
  public record Node(String host, int port) {}

  private static final Pattern SHAPE =
      Pattern.compile("redis(s?)(-sentinel|-cluster|)://(?:(.*)@)?([^/?#@]+)(/[^?#]*)?");
  private static final Pattern NODE =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s:\\[\\]]+)(?::(\\d{1,5}))?");

  /**
   * Parses a URL.
   *
   * @param url in one of the forms above
   * @return its parts, percent-decoded
   * @throws IllegalArgumentException if it is malformed; the message quotes no part of it, because
   *     where one part is missing any other may be the password
   */
  public static RedisUrl parse(String url) {
    Matcher shape = SHAPE.matcher(url);
    if (!shape.matches()) {
      throw new IllegalArgumentException(
          "expected redis://, redis-sentinel:// or redis-cluster://, with TLS rediss://,"
              + " rediss-sentinel:// or rediss-cluster://, and then"
              + " [user:password@]host[:port][/database]");
    }
    Topology topology =
        switch (shape.group(2)) {
          case "-sentinel" -> Topology.SENTINEL;
          case "-cluster" -> Topology.CLUSTER;
          default -> Topology.SINGLE;
        };
    Optional<String> user = Optional.empty();
    Optional<String> password = Optional.empty();
    String userInfo = shape.group(3);
    if (userInfo != null) {
      int colon = userInfo.indexOf(':');
      if (colon > 0) {
        user = Optional.of(decode(userInfo.substring(0, colon)));
      }
      password = Optional.of(decode(userInfo.substring(colon + 1)));
    }
    List<Node> nodes = nodes(shape.group(4), topology);
    String path = shape.group(5) == null ? "" : shape.group(5).substring(1);
    String master = "";
    if (topology == Topology.SENTINEL) {
      int slash = path.indexOf('/');
      master = slash < 0 ? path : path.substring(0, slash);
      path = slash < 0 ? "" : path.substring(slash + 1);
      if (master.isEmpty()) {
        throw new IllegalArgumentException(
            "a redis-sentinel:// URL ends with the master's name: host:26379/mymaster");
      }
    }
    int database = database(path);
    if (topology == Topology.CLUSTER && database != 0) {
      throw new IllegalArgumentException("a Redis Cluster has database 0 only");
    }
    return new RedisUrl(
        new Parts(
            url, topology, !shape.group(1).isEmpty(), user, password, nodes, database, master));
  }

  private static List<Node> nodes(String text, Topology topology) {
    List<Node> nodes = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher node = NODE.matcher(part);
      if (!node.matches()) {
        throw new IllegalArgumentException(
            "an address is not host or host:port; a user or a password ends with @");
      }
      int port =
          node.group(2) != null
              ? Integer.parseInt(node.group(2))
              : topology == Topology.SENTINEL ? 26379 : 6379;
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("a port is not between 1 and 65535");
      }
      String host = node.group(1);
      nodes.add(new Node(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port));
    }
    if (topology == Topology.SINGLE && nodes.size() > 1) {
      throw new IllegalArgumentException(
          "several hosts need redis-sentinel:// or redis-cluster://");
    }
    return List.copyOf(nodes);
  }

  private static int database(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!text.matches("\\d{1,4}")) {
      throw new IllegalArgumentException("the database, which follows the slash, is not a number");
    }
    return Integer.parseInt(text);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("user and password must be percent-encoded (% is %25)");
    }
  }

  /** {@return the URL as configured, password included} */
  public String url() {
    return parts.url();
  }

  /** {@return how the nodes work together} */
  public Topology topology() {
    return parts.topology();
  }

  /** {@return whether all connections use TLS, those to Sentinels included} */
  public boolean tls() {
    return parts.tls();
  }

  /** {@return the ACL user; empty for the default one} */
  public Optional<String> user() {
    return parts.user();
  }

  /** {@return the decoded password; empty for none} */
  public Optional<String> password() {
    return parts.password();
  }

  /** {@return at least one node; more than one only for Sentinel and Cluster} */
  public List<Node> nodes() {
    return parts.nodes();
  }

  /** {@return the number of the database, 0 unless given} */
  public int database() {
    return parts.database();
  }

  /** {@return the name by which Sentinels know the master; empty for the other topologies} */
  public String master() {
    return parts.master();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RedisUrl that && parts.equals(that.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }

  /** {@return the URL with its password masked} */
  @Override
  public String toString() {
    String url = url();
    int at = url.lastIndexOf('@');
    if (at < 0) {
      return url;
    }
    return url.substring(0, url.indexOf("://") + 3)
        + user().map(name -> name + ":").orElse("")
        + "********"
        + url.substring(at);
  }
}
