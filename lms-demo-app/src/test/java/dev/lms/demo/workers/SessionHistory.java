// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What many clients did to sessions and saw of them, with the times at which each asked and was
 * answered, judged by the model of G1, G2, G3 and G6: a session is a set of registers and counters
 * that exists from its sign-in to its sign-out or to the earlier of its two deadlines, and an
 * operation takes effect somewhere between question and answer.
 *
 * <p>Every value that is put is put only once, so a value names the operation that put it.
 */
record SessionHistory(List<Operation> operations, Lives lives) {
  /**
   * When sessions end, as the site is told; in the unit of the operations' times.
   *
   * @param sliding after the last use
   * @param absolute after the sign-in
   * @param early how much of both may be missing: what a touch must gain, and what clocks differ by
   */
  record Lives(long sliding, long absolute, long early) {}

  /** What was asked. */
  enum Kind {
    SIGN_IN,
    PUT,
    /** A PUT on condition that nobody else has put anything since this one began. */
    SWAP,
    ADD,
    READ,
    SIGN_OUT
  }

  /** What was answered. */
  enum Answer {
    /** It was done. */
    DONE,
    /** The session had ended: nothing was done. */
    GONE,
    /** Somebody else had put something: nothing was done. */
    CONFLICT,
    /** No answer or an error: it may have been done, or may be done yet. */
    UNKNOWN
  }

  /**
   * One operation.
   *
   * @param session the session it was about
   * @param key the attribute, for PUT, SWAP and ADD
   * @param value the value, for PUT and SWAP
   * @param start when it was asked
   * @param end when it was answered
   * @param seen what a READ saw, null if nobody was signed in; the attribute as a SWAP found it,
   *     null if nobody knows
   */
  record Operation(
      String session,
      Kind kind,
      String key,
      String value,
      long start,
      long end,
      Answer answer,
      @Nullable Map<String, String> seen) {

    boolean is(Kind some) {
      return kind == some;
    }

    boolean isDone() {
      return answer == Answer.DONE;
    }

    boolean isBefore(Operation other) {
      return end < other.start;
    }

    /** Whether its effect may be seen by what ended then. */
    boolean mayBeSeenBy(Operation other) {
      return answer != Answer.GONE && answer != Answer.CONFLICT && start < other.end;
    }

    /** Whether it may have come in between while the other one was under way. */
    boolean mayDisturb(Operation other) {
      return mayBeSeenBy(other) && (answer == Answer.UNKNOWN || !isBefore(other));
    }
  }

  /**
   * Everything that no order of the operations explains, each time followed by all that happened to
   * the session; empty if all is well.
   */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    operations.stream()
        .collect(Collectors.groupingBy(Operation::session))
        .values()
        .forEach(ofOne -> new OneSession(ofOne, lives, violations).judge());
    return violations;
  }

  private record OneSession(List<Operation> all, Lives lives, List<String> violations) {
    void judge() {
      int before = violations.size();
      for (Operation operation : all) {
        if (operation.answer() == Answer.UNKNOWN) {
          continue;
        }
        life(operation);
        if (operation.is(Kind.SWAP)) {
          swap(operation);
        }
        if (operation.is(Kind.READ) && operation.seen() != null) {
          counters(operation, operation.seen());
          registers(operation, operation.seen());
        }
      }
      if (violations.size() > before) {
        inOrderOfTheirEnds().forEach(operation -> violations.add("\n  after: " + operation));
      }
    }

    /** G1 and G6, and that no session ends by itself. */
    private void life(Operation operation) {
      if (operation.is(Kind.SIGN_OUT) || operation.is(Kind.SIGN_IN)) {
        return;
      }
      boolean alive = isAlive(operation);
      if (alive && any(end -> end.is(Kind.SIGN_OUT) && end.isDone() && end.isBefore(operation))) {
        violations.add("alive after its sign-out was answered: " + operation);
      }
      if (alive && latestEnd(operation) < operation.start()) {
        violations.add("alive after its deadline: " + operation);
      }
      if (!alive
          && !any(end -> end.is(Kind.SIGN_OUT) && end.mayBeSeenBy(operation))
          && operation.end() < earliestEnd(operation)) {
        violations.add("gone before its deadline, and nobody had signed it out: " + operation);
      }
    }

    private static boolean isAlive(Operation operation) {
      return operation.is(Kind.READ)
          ? operation.seen() != null
          : operation.isDone() || operation.answer() == Answer.CONFLICT;
    }

    /** The last moment at which this operation may have found the session. */
    private long latestEnd(Operation operation) {
      long latest = Long.MIN_VALUE;
      long absolute = Long.MAX_VALUE;
      for (Operation use : all) {
        if (use.is(Kind.SIGN_IN)) {
          absolute = use.end() + lives.absolute() + lives.early();
        }
        if (!use.equals(operation)
            && use.answer() == Answer.UNKNOWN
            && use.mayBeSeenBy(operation)) {
          latest = Long.MAX_VALUE; // It may be done yet.
        } else if (!use.equals(operation) && isAlive(use) && use.mayBeSeenBy(operation)) {
          latest = Math.max(latest, use.end() + lives.sliding() + lives.early());
        }
      }
      return Math.min(latest, absolute);
    }

    /**
     * Until when this operation must have found the session, unless it was signed out. A read that
     * was still under way when the session ended saw it, but came too late to prolong it.
     */
    private long earliestEnd(Operation operation) {
      long earliest = Long.MIN_VALUE;
      long absolute = Long.MAX_VALUE;
      for (Operation use : inOrderOfTheirEnds()) {
        if (use.is(Kind.SIGN_IN)) {
          absolute = use.start() + lives.absolute() - lives.early();
        }
        boolean prolongs =
            isAlive(use)
                && use.answer() != Answer.CONFLICT
                && (!use.is(Kind.READ) || use.end() < earliest);
        if (prolongs && use.isBefore(operation)) {
          earliest = Math.max(earliest, use.start() + lives.sliding() - lives.early());
        }
      }
      return Math.min(earliest, absolute);
    }

    private List<Operation> inOrderOfTheirEnds() {
      return all.stream().sorted(Comparator.comparingLong(Operation::end)).toList();
    }

    /** G2 and G3 for counters: nothing acknowledged is missing, nothing is counted twice. */
    private void counters(Operation read, Map<String, String> seen) {
      for (String key : keys(Kind.ADD)) {
        long shown = Long.parseLong(seen.getOrDefault(key, "0"));
        long least = count(add -> isAdd(add, key) && add.isDone() && add.isBefore(read));
        long most = count(add -> isAdd(add, key) && add.mayBeSeenBy(read));
        if (shown < least || shown > most) {
          violations.add("%s must be from %d to %d: %s".formatted(key, least, most, read));
        }
        if (any(
            earlier ->
                earlier.is(Kind.READ)
                    && earlier.seen() != null
                    && earlier.isBefore(read)
                    && Long.parseLong(earlier.seen().getOrDefault(key, "0")) > shown)) {
          violations.add(key + " went back: " + read);
        }
      }
    }

    /** G2 and G3 for values: the last one put, whole. */
    private void registers(Operation read, Map<String, String> seen) {
      for (String key : keys(Kind.PUT, Kind.SWAP)) {
        register(read, key, seen.get(key));
      }
    }

    private void register(Operation read, String key, @Nullable String shown) {
      if (shown == null) {
        if (any(put -> isPut(put, key) && put.isDone() && put.isBefore(read))) {
          violations.add(key + " is missing: " + read);
        }
        return;
      }
      Operation source =
          all.stream()
              .filter(put -> isPut(put, key) && put.value().equals(shown))
              .findFirst()
              .orElse(null);
      if (source == null || !source.mayBeSeenBy(read)) {
        violations.add(key + " was never put like that: " + read);
      } else if (isOverwritten(source, read, key)) {
        violations.add(key + " is older than what was acknowledged or seen: " + read);
      }
    }

    /**
     * Whether another value was put, or seen, wholly between when this one was there and a read
     * that shows it. A value is put once: who has seen it knows that this is done.
     */
    private boolean isOverwritten(Operation source, Operation read, String key) {
      long done = source.isDone() ? source.end() : Long.MAX_VALUE;
      for (Operation other : all) {
        if (!other.equals(read) && looksAt(other, key) && shows(other, source)) {
          done = Math.min(done, other.end());
        }
      }
      long since = done;
      return any(
          between ->
              since < between.start()
                  && between.isBefore(read)
                  && ((isPut(between, key) && between.isDone())
                      || (looksAt(between, key) && !shows(between, source))));
    }

    private static boolean looksAt(Operation operation, String key) {
      return operation.seen() != null && (operation.is(Kind.READ) || isPut(operation, key));
    }

    private static boolean shows(Operation operation, Operation source) {
      return operation.seen() != null && source.value().equals(operation.seen().get(source.key()));
    }

    private static boolean isAdd(Operation operation, String key) {
      return operation.is(Kind.ADD) && operation.key().equals(key);
    }

    /**
     * G2 for what must not be overwritten unseen: nobody replaces what another has replaced, and
     * nobody is refused for what nobody else did.
     */
    private void swap(Operation operation) {
      String key = operation.key();
      if (operation.seen() != null) {
        register(operation, key, operation.seen().get(key));
      }
      if (operation.isDone() && any(other -> hasReplacedTheSame(other, operation))) {
        violations.add("replaced what another has replaced: " + operation);
      }
      if (operation.answer() == Answer.CONFLICT
          && !any(
              other ->
                  !other.equals(operation) && isPut(other, key) && other.mayDisturb(operation))) {
        violations.add("refused for what nobody else did: " + operation);
      }
    }

    private static boolean hasReplacedTheSame(Operation other, Operation operation) {
      return !other.equals(operation)
          && other.is(Kind.SWAP)
          && other.isDone()
          && other.key().equals(operation.key())
          && Objects.equals(other.seen(), operation.seen());
    }

    private static boolean isPut(Operation operation, String key) {
      return (operation.is(Kind.PUT) || operation.is(Kind.SWAP)) && operation.key().equals(key);
    }

    private List<String> keys(Kind... kinds) {
      return all.stream()
          .filter(operation -> List.of(kinds).contains(operation.kind()))
          .map(Operation::key)
          .distinct()
          .toList();
    }

    private boolean any(Predicate<Operation> predicate) {
      return all.stream().anyMatch(predicate);
    }

    private long count(Predicate<Operation> predicate) {
      return all.stream().filter(predicate).count();
    }
  }
}
