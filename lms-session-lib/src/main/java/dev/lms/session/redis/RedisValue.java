// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Instant;
import java.util.Map;
import redis.clients.jedis.Builder;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;

/** What is under the key of a session. {@link SessionText} tells how it is written. */
sealed interface RedisValue {
  /** A session, which may have ended. Nobody changes its attributes: copies of it are shared. */
  record Found(Instant deadline, String envelope, Map<String, String> attributes)
      implements RedisValue {}

  /** What says where a session went. */
  record Moved(String forward) implements RedisValue {}

  /** A session that is about to move to another store. */
  record Taken(RedisValue session) implements RedisValue {}

  /** A session whose envelope is longer than what was read of it. */
  record Cut() implements RedisValue {}

  /** What is no session. */
  enum None implements RedisValue {
    /** Nothing, or the mark of a revocation, at which a sign-in under way stops. */
    ABSENT,
    /** The mark of a session that was live when it was revoked: nobody is about to write it. */
    ENDED,
    /** The mark of a session that has moved to another store. */
    LEFT,
    /** A string that nobody here wrote, or not all of what was written. */
    UNREADABLE,
    /** No string, so nothing of this library's. */
    FOREIGN
  }

  /** Whether there is no session, here or elsewhere. */
  default boolean isAbsent() {
    return this == None.ABSENT || this == None.ENDED;
  }

  /** So many bytes of a session hold all but its attributes, as a rule. */
  int HEAD = 1024;

  /** Reads it without its attributes; {@link Cut} if that takes more than {@link #HEAD} bytes. */
  static CommandObject<RedisValue> readHead(String key) {
    return new CommandObject<>(
        new CommandArguments(Protocol.Command.GETRANGE).key(key).add(0).add(HEAD - 1),
        new Builder<>() {
          @Override
          public RedisValue build(Object answer) {
            byte[] head = (byte[]) answer;
            return SessionText.parseHead(head.length == 0 ? null : head);
          }
        });
  }

  /** Reads all of it. Taken apart as it comes from the network: every request reads it. */
  static CommandObject<RedisValue> read(String key) {
    return new CommandObject<>(
        new CommandArguments(Protocol.Command.GET).key(key),
        new Builder<>() {
          @Override
          public RedisValue build(Object answer) {
            return SessionText.parse((byte[]) answer);
          }
        });
  }
}
