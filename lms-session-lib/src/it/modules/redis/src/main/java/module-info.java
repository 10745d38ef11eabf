/**
 * Sessions in Redis. Jedis is an automatic module, which cannot say what it needs, so the program
 * says it.
 */
module reader.redis {
  requires dev.lms.session;
  requires redis.clients.jedis;
  requires org.apache.commons.pool2;
  requires org.slf4j;
}
