// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import dev.lms.session.redis.RedisUrl;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A session store by its URL. As text it shows no password. */
public sealed interface StoreAddress {
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
   * Reads {@code redis://…} in all its forms, {@code file:/folder} or {@code file:///folder}.
   *
   * @throws IllegalArgumentException if it is neither; the message quotes no part of it
   */
  static StoreAddress parse(String url) {
    if (!url.startsWith("file:")) {
      try {
        return new InRedis(RedisUrl.parse(url));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            url.startsWith("redis") ? e.getMessage() : "expected file:/folder or redis://…");
      }
    }
    String path = url.substring("file:".length()).replaceFirst("^//+", "/");
    if (path.isEmpty()) {
      throw new IllegalArgumentException("expected a folder after file:");
    }
    try {
      return new InFiles(Path.of(path).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + e.getReason());
    }
  }
}
