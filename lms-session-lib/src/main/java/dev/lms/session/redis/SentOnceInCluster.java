// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Duration;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.StaticCommandFlagsRegistry;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.executors.ClusterCommandExecutor;

/**
 * Jedis' cluster client sends a command again when its connection breaks. By then the node may have
 * run it: an increment would count twice, and a rotation would find its session gone. This one
 * sends a command again only if it was certainly not run: no connection to be had, or the answer
 * was that another node has the slot, or that the slot is just moving and neither node has all keys
 * that the command names. What else may be repeated, the store knows.
 */
final class SentOnceInCluster extends ClusterCommandExecutor {
  /** As Jedis has it: enough for a cluster that is being resharded. */
  private static final int ATTEMPTS = 5;

  private final ClusterNodes nodes;

  SentOnceInCluster(ClusterNodes nodes, Duration patience) {
    super(nodes, ATTEMPTS, patience, StaticCommandFlagsRegistry.registry());
    this.nodes = nodes;
  }

  /** The connection broke after a command was sent. No subclass of what Jedis repeats after. */
  static final class Broken extends JedisException {
    private static final long serialVersionUID = 1;

    Broken(JedisConnectionException cause) {
      super(cause.getMessage(), cause);
    }
  }

  @Override
  protected <T> T execute(Connection connection, CommandObject<T> command) {
    try {
      return super.execute(connection, command);
    } catch (JedisConnectionException e) {
      // Perhaps another node has the slot by now, for the next who asks.
      nodes.failed(e, connection.getHostAndPort());
      throw new Broken(e);
    } catch (JedisDataException e) {
      if (String.valueOf(e.getMessage()).startsWith("TRYAGAIN")) {
        // Jedis repeats after this one, with growing pauses, and asks again who has the slot.
        throw new JedisConnectionException(e.getMessage(), e);
      }
      if (Refusal.is(e)) {
        nodes.lookForSlots();
      }
      if (!(e instanceof JedisRedirectionException)) {
        nodes.mark(e, connection.getHostAndPort());
      }
      throw e;
    }
  }
}
