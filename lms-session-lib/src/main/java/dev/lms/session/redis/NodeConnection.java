// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A connection that knows until when its user wants to wait, and tells its {@link Node} what became
 * of it. It connects when it is first used. For one thread at a time, as pools hand them out.
 */
final class NodeConnection extends Connection {
  private final Node node;
  private final JedisClientConfig config;
  private final Sockets sockets;

  private boolean opened;
  private boolean opening;
  private boolean blocking;

  /** Whether what was sent last has been answered: the next command is a new question. */
  private boolean answered = true;

  private long deadline;
  private long lastAnswer;
  private long generation;

  private NodeConnection(Node node, JedisClientConfig config, Sockets sockets) {
    super(Connection.builder().socketFactory(sockets).clientConfig(config));
    this.node = node;
    this.config = config;
    this.sockets = sockets;
  }

  static NodeConnection to(Node node, HostAndPort address, JedisClientConfig config) {
    return new NodeConnection(node, config, new Sockets(address, config));
  }

  /** Sockets that are connected until a deadline, or not at all. */
  private static final class Sockets extends DefaultJedisSocketFactory {
    private final JedisClientConfig config;
    private long deadline;

    Sockets(HostAndPort address, JedisClientConfig config) {
      super(address, config);
      this.config = config;
    }

    @Override
    public Socket createSocket() {
      int left = Node.millisLeft(deadline);
      JedisClientConfig bounded =
          DefaultJedisClientConfig.builder()
              .from(config)
              .connectionTimeoutMillis(Math.max(1, left / addresses()))
              .socketTimeoutMillis(left)
              .build();
      return new DefaultJedisSocketFactory(getHostAndPort(), bounded).createSocket();
    }

    /** Jedis tries one after the other, so each gets its share of the time. */
    private int addresses() {
      try {
        return InetAddress.getAllByName(getHostAndPort().getHost()).length;
      } catch (UnknownHostException e) {
        return 1; // Jedis meets the same and says so.
      }
    }
  }

  /** Whoever has it now waits until then for the first answer. */
  void lend(long until) {
    deadline = until;
    answered = false;
  }

  boolean isOpened() {
    return opened;
  }

  long generation() {
    return generation;
  }

  long lastAnswer() {
    return lastAnswer;
  }

  /** Connects and signs in, all within the time that the first answer may take. */
  void open() {
    opened = true;
    opening = true;
    try {
      generation = node.generation();
      sockets.deadline = deadline;
      initializeFromClientConfig(config);
    } finally {
      opening = false;
      lend(deadline);
    }
  }

  /**
   * Whether the server is there and still a master, as it says itself; asks it, which is one round
   * trip. A server that is slow to say so counts as gone.
   */
  boolean isMaster(Duration patience) {
    long until = deadline;
    long soon = System.nanoTime() + patience.toNanos();
    lend(soon - until < 0 ? soon : until);
    try {
      return !"replica".equals(hello().get("role"));
    } catch (JedisDataException e) {
      return !Refusal.is(e); // An answer, if only to say that it may not be asked this.
    } catch (JedisException e) {
      return false;
    } finally {
      lend(until);
    }
  }

  @Override
  public void sendCommand(CommandArguments arguments) {
    if (answered && !opening) {
      lend(System.nanoTime() + node.patience().toNanos());
    }
    if (!opened) {
      open();
    }
    try {
      super.sendCommand(arguments);
    } catch (JedisConnectionException e) {
      throw broke(e);
    }
  }

  @Override
  protected void flush() {
    try {
      super.flush();
    } catch (JedisConnectionException e) {
      throw broke(e);
    }
  }

  @Override
  protected Object readProtocolWithCheckingBroken() {
    if (!blocking && !isBroken()) {
      setSoTimeout(Node.millisLeft(deadline));
    }
    try {
      Object answer = super.readProtocolWithCheckingBroken();
      heard();
      return answer;
    } catch (JedisDataException e) {
      heard();
      if (Refusal.is(e)) {
        node.forget(generation);
      }
      throw e;
    } catch (JedisConnectionException e) {
      throw broke(e);
    }
  }

  private void heard() {
    answered = true;
    lastAnswer = System.nanoTime();
    node.breaker().answered();
  }

  private JedisConnectionException broke(JedisConnectionException e) {
    if (Failure.isTimeout(e)) {
      node.suspect();
    } else if (!Failure.isInterrupt(e)) {
      node.forget(generation);
    }
    return e;
  }

  @Override
  public void setTimeoutInfinite() {
    blocking = true;
    super.setTimeoutInfinite();
  }

  @Override
  public void rollbackTimeout() {
    blocking = false;
    super.rollbackTimeout();
  }

  /** Goes back to its pool only if nothing has happened to its like meanwhile. */
  @Override
  public void close() {
    if (opened && generation != node.generation()) {
      setBroken();
    }
    answered = true;
    super.close();
  }
}
