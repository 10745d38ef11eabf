import org.jspecify.annotations.NullMarked;

/** A page cache that knows who is asking, for the JDK's HttpServer. */
@NullMarked
module dev.lms.pagecache {
  requires static transitive org.jspecify;
  requires static transitive jdk.httpserver;
  requires static transitive redis.clients.jedis;
  requires com.github.benmanes.caffeine;

  exports dev.lms.pagecache;
  exports dev.lms.pagecache.http;
  exports dev.lms.pagecache.httpserver;
  exports dev.lms.pagecache.local;
  exports dev.lms.pagecache.page;
  exports dev.lms.pagecache.policy;
  exports dev.lms.pagecache.redis;
  exports dev.lms.pagecache.store;
}
