package dev.lms.session.redis;

import dev.lms.session.Changes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What commit.lua is told, in the order it reads it. */
final class CommitArguments {
  /** Lua unpacks only so many at once; these are far fewer. */
  private static final int MOST_AT_ONCE = 1000;

  private CommitArguments() {}

  /** Changes; the deadline moves if it is later than the stored one. */
  static List<String> of(Changes changes, Instant storedDeadline, Instant deadline, Instant now) {
    boolean onlySets =
        changes.removed().isEmpty() && changes.added().isEmpty() && changes.expected().isEmpty();
    int sets = changes.set().size();
    List<String> arguments = new ArrayList<>();
    if (onlySets
        && sets > 0
        && sets <= MOST_AT_ONCE
        && !deadline.isAfter(storedDeadline)
        && storedDeadline.isAfter(now)) {
      arguments.add("");
      addSets(arguments, changes);
      return arguments;
    }
    arguments.add(RedisKeys.millis(now));
    arguments.add(Integer.toString(sets));
    addSets(arguments, changes);
    addRest(arguments, changes, deadline, now, "");
    return arguments;
  }

  /**
   * Changes of a session that gets a new name.
   *
   * @param envelope it has under that name
   * @param forward what says so under the old one
   */
  static List<String> moving(
      String envelope, String forward, Changes changes, Instant deadline, Instant now) {
    List<String> arguments = new ArrayList<>();
    arguments.add(RedisKeys.millis(now));
    arguments.add(Integer.toString(1 + changes.set().size()));
    addPair(arguments, RedisKeys.ENVELOPE, envelope);
    addSets(arguments, changes);
    addRest(arguments, changes, deadline, now, forward);
    return arguments;
  }

  private static void addSets(List<String> arguments, Changes changes) {
    changes.set().forEach((name, value) -> addPair(arguments, RedisKeys.attribute(name), value));
  }

  private static void addRest(
      List<String> arguments, Changes changes, Instant deadline, Instant now, String forward) {
    arguments.add(RedisKeys.millis(deadline));
    arguments.add(RedisKeys.timeToLive(deadline, now));
    arguments.add(forward);
    arguments.add(Integer.toString(changes.expected().size()));
    arguments.add(Integer.toString(changes.removed().size()));
    arguments.add(Integer.toString(changes.added().size()));
    changes
        .expected()
        .forEach(
            (name, value) ->
                addPair(
                    arguments,
                    RedisKeys.attribute(name),
                    value.map(text -> '=' + text).orElse("")));
    changes.removed().forEach(name -> arguments.add(RedisKeys.attribute(name)));
    changes
        .added()
        .forEach((name, by) -> addPair(arguments, RedisKeys.attribute(name), by.toString()));
  }

  private static void addPair(List<String> arguments, String field, String value) {
    arguments.add(field);
    arguments.add(value);
  }
}
