import org.jspecify.annotations.NullMarked;

/**
 * Sessions in Redis, files or sealed cookies, for any Java SE program. Jedis is needed only for the
 * Redis store, the JDK's HttpServer only for the filter, gson only for attributes in JSON.
 */
@NullMarked
module dev.lms.session {
  requires static transitive jdk.httpserver;
  requires static transitive org.jspecify;
  requires static transitive redis.clients.jedis;
  requires static com.google.gson;
  requires static org.apache.commons.pool2;

  exports dev.lms.session.cookie;
  exports dev.lms.session.file;
  exports dev.lms.session.httpserver;
  exports dev.lms.session.memory;
  exports dev.lms.session.redis;
  exports dev.lms.session.store;
  exports dev.lms.session;
}
