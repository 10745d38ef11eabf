// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * Sessions in Redis, SQL databases, files, sealed cookies or memory, for any Java SE program.
 *
 * <p>Sessions in files, cookies and memory need the JDK's base module only. This module brings no
 * other one, so a program requires what else it uses:
 *
 * <ul>
 *   <li>for {@code dev.lms.session.httpserver}: {@code requires jdk.httpserver};
 *   <li>for {@code dev.lms.session.servlet}: {@code requires jakarta.servlet};
 *   <li>for {@code dev.lms.session.redis}: {@code requires redis.clients.jedis}, and, since Jedis
 *       is an automatic module that names no dependencies, {@code requires
 *       org.apache.commons.pool2} and {@code requires org.slf4j};
 *   <li>for {@code dev.lms.session.micrometer}: {@code requires micrometer.core};
 *   <li>for {@code dev.lms.session.opentelemetry}: {@code requires io.opentelemetry.api} and, since
 *       it is an automatic module too, {@code requires io.opentelemetry.context} and {@code
 *       requires io.opentelemetry.common};
 *   <li>for {@code dev.lms.session.jdbc}: {@code requires java.sql};
 *   <li>for {@code dev.lms.session.jfr}: {@code requires jdk.jfr};
 *   <li>for attributes in JSON: {@code requires com.google.gson}.
 * </ul>
 */
@NullMarked
module dev.lms.session {
  requires static java.sql;
  requires static io.opentelemetry.api;
  requires static io.opentelemetry.context;
  requires static jakarta.servlet;
  requires static jdk.httpserver;
  requires static jdk.jfr;
  requires static micrometer.core;
  requires static org.jspecify;
  requires static redis.clients.jedis;
  requires static com.google.gson;
  requires static org.apache.commons.pool2;

  exports dev.lms.session.cookie;
  exports dev.lms.session.file;
  exports dev.lms.session.httpserver;
  exports dev.lms.session.jdbc;
  exports dev.lms.session.jfr;
  exports dev.lms.session.memory;
  exports dev.lms.session.micrometer;
  exports dev.lms.session.migration;
  exports dev.lms.session.observation;
  exports dev.lms.session.opentelemetry;
  exports dev.lms.session.redis;
  exports dev.lms.session.servlet;
  exports dev.lms.session.store;
  exports dev.lms.session;
}
