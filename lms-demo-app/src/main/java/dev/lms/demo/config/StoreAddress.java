// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import dev.lms.session.redis.RedisUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A session store by its URL. As text it shows no password. */
public sealed interface StoreAddress {
  /** How the URL of a SQLite file begins. */
  String SQLITE = "jdbc:sqlite:";

  /** A Redis. */
  record InRedis(RedisUrl url) implements StoreAddress {
    @Override
    public String toString() {
      return url.toString();
    }
  }

  /** A folder, absolute. */
  record InFiles(Path folder) implements StoreAddress {
    @Override
    public String toString() {
      return "file:" + folder;
    }
  }

  /**
   * Tables in a database, by its URL as in {@code DATABASE_URL}; without {@code jdbc:} if it is a
   * server.
   */
  record InDatabase(String url) implements StoreAddress {
    @Override
    public String toString() {
      return Mask.url(url);
    }
  }

  /**
   * Reads {@code redis://…} in all its forms, {@code postgresql://user:password@host/database},
   * {@code jdbc:sqlite:/file}, {@code file:/folder} or {@code file:///folder}.
   *
   * @throws IllegalArgumentException if it is none of them; the message quotes no part of it
   */
  static StoreAddress parse(String url) {
    if (url.startsWith("file:")) {
      return inFiles(url);
    }
    if (url.startsWith(SQLITE)) {
      return new InDatabase(SQLITE + absolute(url.substring(SQLITE.length())));
    }
    String server = url.startsWith("jdbc:postgresql:") ? url.substring("jdbc:".length()) : url;
    if (server.startsWith("postgresql:")) {
      return inServer(server);
    }
    if (url.startsWith("redis")) {
      return new InRedis(RedisUrl.parse(url));
    }
    throw new IllegalArgumentException(
        "expected file:/folder, redis://…, postgresql://… or jdbc:sqlite:/file");
  }

  private static StoreAddress inServer(String url) {
    try {
      URI uri = new URI(url);
      String database = uri.getRawPath();
      if (uri.getHost() != null && database != null && database.length() > 1) {
        return new InDatabase(url);
      }
    } catch (URISyntaxException e) {
      // What it says quotes the URL.
    }
    throw new IllegalArgumentException("expected postgresql://user:password@host/database");
  }

  private static StoreAddress inFiles(String url) {
    String path = url.substring("file:".length()).replaceFirst("^//+", "/");
    if (path.isEmpty()) {
      throw new IllegalArgumentException("expected a folder after file:");
    }
    return new InFiles(absolute(path));
  }

  private static Path absolute(String path) {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + e.getReason());
    }
  }
}
