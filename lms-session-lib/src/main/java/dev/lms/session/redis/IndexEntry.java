// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A session in a person's index, as the scripts write it.
 *
 * @param field the session's key without the prefix
 * @param root the handle it had at sign-in: the same for all that one session was rotated into
 */
record IndexEntry(String field, Instant deadline, Instant seen, Instant signedIn, String root) {
  /** Empty if it is none: nobody's session is found by it then, and it ends with the index. */
  static Optional<IndexEntry> decode(String field, String text) {
    String[] parts = text.split(" ", -1);
    if (!RedisKeys.isField(field) || parts.length != 4) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new IndexEntry(field, instant(parts[0]), instant(parts[1]), instant(parts[2]), parts[3]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Of an answer to {@link Step#readAll}; where somebody else has put something, there are none.
   */
  static List<IndexEntry> decodeAll(Object answer) {
    List<IndexEntry> entries = new ArrayList<>();
    if (answer instanceof Map<?, ?> index) {
      index.forEach(
          (field, text) -> decode(field.toString(), text.toString()).ifPresent(entries::add));
    }
    return entries;
  }

  /** As the index has it. */
  String text() {
    return RedisKeys.millis(deadline)
        + ' '
        + RedisKeys.millis(seen)
        + ' '
        + RedisKeys.millis(signedIn)
        + ' '
        + root;
  }

  String handle() {
    return RedisKeys.handle(field);
  }

  private static Instant instant(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }
}
