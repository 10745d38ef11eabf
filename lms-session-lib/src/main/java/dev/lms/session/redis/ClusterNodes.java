package dev.lms.session.redis;

import java.util.Set;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/**
 * Asks anew who has which slots as soon as a node cannot be reached. Jedis does so only when a
 * command has failed twice: a master that neither answers nor refuses uses up a command's patience
 * with the first, so nobody would ever learn that a replica has taken over.
 */
final class ClusterNodes extends ClusterConnectionProvider {
  ClusterNodes(Set<HostAndPort> nodes, JedisClientConfig config, ConnectionPoolConfig pool) {
    super(nodes, config, pool);
  }

  @Override
  public Connection getConnection(CommandArguments arguments) {
    try {
      return super.getConnection(arguments);
    } catch (JedisConnectionException e) {
      renewSlotCache();
      throw e;
    }
  }
}
