// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** Connections to one server, as {@link Node} takes care of them. */
final class SingleNode extends PooledConnectionProvider {
  private final Node node;

  SingleNode(Node node, ConnectionPoolConfig pool) {
    super(node, pool);
    this.node = node;
  }

  @Override
  public Connection getConnection() {
    return node.lend(getPool());
  }

  @Override
  public Connection getConnection(CommandArguments arguments) {
    return getConnection();
  }
}
