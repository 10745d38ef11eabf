// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import redis.clients.jedis.Builder;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;

/** The command that writes a session for the first time, data and deadline in one. */
record RedisBeginning(CommandArguments command) {
  private static final Builder<Long> WRITTEN =
      new Builder<>() {
        @Override
        public Long build(Object answer) {
          return answer == null ? 0L : 1L;
        }
      };

  /**
   * Writes it unless it was revoked before it began, which leaves a mark in its place.
   *
   * @param timeToLive in milliseconds
   * @param text as {@link SessionText} tells
   */
  static RedisBeginning of(String key, String timeToLive, byte[] text) {
    return new RedisBeginning(
        new CommandArguments(Protocol.Command.SET)
            .key(key)
            .add(text)
            .add(Protocol.Keyword.PX)
            .add(timeToLive)
            .add(Protocol.Keyword.NX));
  }

  /** Answers 1; or 0, with nothing written, if it was revoked. */
  Step step() {
    return Step.of(new CommandObject<>(command, WRITTEN));
  }
}
