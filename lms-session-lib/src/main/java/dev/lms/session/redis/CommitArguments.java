// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.Changes;
import dev.lms.session.WriteOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What commit.lua is told, in the order it reads it: text, or bytes. */
final class CommitArguments {
  private CommitArguments() {}

  /** Changes; the deadline moves if it is later than the stored one. */
  static List<Object> of(Changes changes, Instant storedDeadline, Instant deadline, Instant now) {
    List<Object> arguments = new ArrayList<>();
    boolean onlySets =
        changes.removed().isEmpty() && changes.added().isEmpty() && changes.expected().isEmpty();
    if (onlySets && !deadline.isAfter(storedDeadline) && storedDeadline.isAfter(now)) {
      arguments.add("");
      arguments.add(SessionText.of(changes.set()));
      return arguments;
    }
    addSetsAndDeadline(arguments, changes, deadline, now);
    if (!onlySets) {
      addRest(arguments, "", "", "", changes);
    }
    return arguments;
  }

  /**
   * Changes of a session that gets a new name.
   *
   * @param seen what its envelope must begin with; empty if that does not matter
   * @param envelope it has under that name
   * @param forward what says so under the old one
   */
  static List<Object> moving(
      String seen, String envelope, String forward, Changes changes, WriteOptions options) {
    List<Object> arguments = new ArrayList<>();
    addSetsAndDeadline(arguments, changes, options.deadline(), options.now());
    addRest(arguments, seen, envelope, forward, changes);
    return arguments;
  }

  private static void addSetsAndDeadline(
      List<Object> arguments, Changes changes, Instant deadline, Instant now) {
    arguments.add(RedisKeys.millis(now));
    arguments.add(SessionText.of(changes.set()));
    arguments.add(SessionText.of(deadline));
    arguments.add(RedisKeys.timeToLive(deadline, now));
  }

  private static void addRest(
      List<Object> arguments, String seen, String envelope, String forward, Changes changes) {
    arguments.add(envelope);
    arguments.add(forward);
    arguments.add(changes.expected().size());
    arguments.add(changes.removed().size());
    arguments.add(seen);
    changes
        .expected()
        .forEach(
            (name, value) -> {
              arguments.add(name);
              arguments.add(value.map(text -> '=' + text).orElse(""));
            });
    arguments.addAll(changes.removed());
    changes
        .added()
        .forEach(
            (name, by) -> {
              arguments.add(name);
              arguments.add(by);
            });
  }
}
