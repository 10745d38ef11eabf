// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * A page cache that knows who asks for a page, with adapters to the JDK's HttpServer and to servlet
 * containers.
 *
 * <p>This module brings Caffeine and nothing else. A program that uses one of these packages
 * requires what the package needs:
 *
 * <ul>
 *   <li>for {@code dev.lms.pagecache.httpserver}: {@code requires jdk.httpserver};
 *   <li>for {@code dev.lms.pagecache.jfr}: {@code requires jdk.jfr};
 *   <li>for {@code dev.lms.pagecache.servlet}: {@code requires jakarta.servlet};
 *   <li>for {@code dev.lms.pagecache.micrometer}: {@code requires micrometer.core};
 *   <li>for {@code dev.lms.pagecache.opentelemetry}: {@code requires io.opentelemetry.api} and,
 *       since it is an automatic module too, {@code requires io.opentelemetry.context} and {@code
 *       requires io.opentelemetry.common};
 *   <li>for {@code dev.lms.pagecache.redis}: {@code requires redis.clients.jedis}, and, since Jedis
 *       is an automatic module that names no dependencies, {@code requires
 *       org.apache.commons.pool2} and {@code requires org.slf4j}.
 * </ul>
 */
@NullMarked
module dev.lms.pagecache {
  requires static org.jspecify;
  requires static io.opentelemetry.api;
  requires static io.opentelemetry.context;
  requires static jakarta.servlet;
  requires static jdk.httpserver;
  requires static jdk.jfr;
  requires static micrometer.core;
  requires static redis.clients.jedis;
  requires static org.apache.commons.pool2;
  requires com.github.benmanes.caffeine;

  exports dev.lms.pagecache.adapter;
  exports dev.lms.pagecache.httpserver;
  exports dev.lms.pagecache.jfr;
  exports dev.lms.pagecache.local;
  exports dev.lms.pagecache.micrometer;
  exports dev.lms.pagecache.observation;
  exports dev.lms.pagecache.opentelemetry;
  exports dev.lms.pagecache.redis;
  exports dev.lms.pagecache.servlet;
  exports dev.lms.pagecache.store;
  exports dev.lms.pagecache;
}
