// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.store.SessionTokens.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How things are called in Redis.
 *
 * <pre>
 * PREFIX{GROUP}HANDLE   a session, a string; the braces make the group its cluster slot. Once it
 *                       has another name, what says so; once it was revoked, a mark
 * PREFIXindex:NAME      a person's index, a hash: a field {GROUP}HANDLE for each session
 * PREFIX{GROUP}HANDLE:near  who has copies of a session, for seconds, a hash: fill.lua
 * PREFIXnear:NODE       a list that tells a node which copies to drop
 * PREFIXnear:told:NAME  which nodes have, a hash
 * PREFIXpurge:NAME      what a purge that is under way has just done
 * </pre>
 */
record RedisKeys(String prefix) {
  /**
   * Redis's own expiry only collects what has ended; the stored deadline, judged by our clock,
   * rules. The margin keeps a Redis whose clock runs fast from ending sessions early.
   */
  static final Duration COLLECT_AFTER = Duration.ofMinutes(1);

  private static final Pattern FIELD = Pattern.compile("\\{[\\w-]{3}}([0-9a-f]{32})");
  private static final String INDEX = "index:";
  private static final String HOLDERS = ":near";

  static String field(Token token) {
    return '{' + token.group() + '}' + token.handle();
  }

  String session(Token token) {
    return session(field(token));
  }

  String session(String field) {
    return prefix + field;
  }

  String index(String name) {
    return prefix + INDEX + name;
  }

  static boolean isField(String text) {
    return FIELD.matcher(text).matches();
  }

  /** The handle in the name of a field. */
  static String handle(String field) {
    return field.substring(field.indexOf('}') + 1);
  }

  /** The field for a session's key; empty if the key is no session's. */
  Optional<String> field(String key) {
    return Optional.of(key.substring(prefix.length())).filter(RedisKeys::isField);
  }

  boolean isIndex(String key) {
    return key.startsWith(prefix + INDEX);
  }

  /** Every key with the prefix, whatever characters it has. */
  String pattern() {
    return prefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0") + '*';
  }

  /** Who has copies of a session. */
  String holders(String field) {
    return session(field) + HOLDERS;
  }

  /** The field of the session whose copies a key is about; empty if it is no such key. */
  Optional<String> held(String key) {
    return key.endsWith(HOLDERS)
        ? field(key.substring(0, key.length() - HOLDERS.length()))
        : Optional.empty();
  }

  /** What is said about copies. */
  String near(String name) {
    return prefix + "near:" + name;
  }

  /** What a purge remembers. */
  String purge(String name) {
    return prefix + "purge:" + name;
  }

  static String millis(Instant instant) {
    return Long.toString(instant.toEpochMilli());
  }

  static String timeToLive(Instant deadline, Instant now) {
    Duration rest = Duration.between(now, deadline);
    return Long.toString((rest.isNegative() ? Duration.ZERO : rest).plus(COLLECT_AFTER).toMillis());
  }
}
