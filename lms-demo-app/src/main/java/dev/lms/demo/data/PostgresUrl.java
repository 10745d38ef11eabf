// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Where a PostgreSQL is and who asks it, in words of JDBC.
 *
 * @param jdbc without user and password
 * @param properties these, and how long the driver waits
 */
record PostgresUrl(String jdbc, Properties properties) {
  private static final String SCHEME = "postgresql:";
  private static final String JDBC = "jdbc:" + SCHEME;

  static boolean is(String url) {
    return url.startsWith(SCHEME) || url.startsWith(JDBC);
  }

  /**
   * Reads {@code postgresql://user:password@host:port/database}, with or without {@code jdbc:}.
   *
   * @throws IllegalArgumentException if it names no host or no database
   */
  static PostgresUrl of(String url) {
    URI uri = parse(url.startsWith(JDBC) ? url.substring("jdbc:".length()) : url);
    String path = uri.getRawPath();
    if (uri.getHost() == null || path == null || path.length() < 2) {
      throw malformed();
    }
    Properties properties = new Properties();
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("loginTimeout", "4");
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "lms");
    String user = uri.getRawUserInfo();
    if (user != null) {
      String[] parts = user.split(":", 2);
      properties.setProperty("user", decode(parts[0]));
      if (parts.length == 2) {
        properties.setProperty("password", decode(parts[1]));
      }
    }
    int port = uri.getPort();
    String query = uri.getRawQuery();
    return new PostgresUrl(
        JDBC
            + "//"
            + uri.getHost()
            + (port < 0 ? "" : ":" + port)
            + path
            + (query == null ? "" : "?" + query),
        properties);
  }

  /** Says nothing of what it was given, which may hold a password. */
  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "DATABASE_URL must be postgresql://user:password@host/database");
  }

  private static URI parse(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw malformed();
    }
  }

  private static String decode(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Whether somebody made the database is for its server to say. */
  boolean isServer() {
    return !jdbc.isEmpty();
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbc, properties);
  }

  /** Properties may hold a password. */
  @Override
  public String toString() {
    return jdbc;
  }
}
