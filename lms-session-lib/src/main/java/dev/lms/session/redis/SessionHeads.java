// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.util.ArrayList;
import java.util.List;

/** Reads sessions without their attributes, many in one round trip. Thread-safe. */
record SessionHeads(RedisCalls calls, RedisKeys keys) {
  /** What is under the keys of these fields, in this order. */
  List<RedisValue> read(List<String> fields) {
    List<RedisValue> heads = new ArrayList<>();
    List<Object> answers =
        calls.repeatable(fields.stream().map(field -> Step.head(keys.session(field))).toList());
    for (int i = 0; i < fields.size(); i++) {
      Object head = answers.get(i);
      if (head instanceof RedisValue.Cut) {
        head = calls.repeatable(List.of(Step.read(keys.session(fields.get(i))))).get(0);
      }
      heads.add((RedisValue) head);
    }
    return heads;
  }
}
