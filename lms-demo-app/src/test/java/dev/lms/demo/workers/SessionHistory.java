package dev.lms.demo.workers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
    /** No answer or an error: it may have been done, or may be done yet. */
    UNKNOWN
  }

  /**
   * One operation.
   *
   * @param session the session it was about
   * @param key the attribute, for PUT and ADD
   * @param value the value, for PUT
   * @param start when it was asked
   * @param end when it was answered
   * @param seen what a READ saw: null if nobody was signed in
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
      return answer != Answer.GONE && start < other.end;
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
      return operation.is(Kind.READ) ? operation.seen() != null : operation.isDone();
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
        boolean prolongs = isAlive(use) && (!use.is(Kind.READ) || use.end() < earliest);
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
      for (String key : keys(Kind.PUT)) {
        String shown = seen.get(key);
        if (shown == null) {
          if (any(put -> isPut(put, key) && put.isDone() && put.isBefore(read))) {
            violations.add(key + " is missing: " + read);
          }
          continue;
        }
        Operation source =
            all.stream()
                .filter(put -> isPut(put, key) && put.value().equals(shown))
                .findFirst()
                .orElse(null);
        if (source == null || !source.mayBeSeenBy(read)) {
          violations.add(key + " was never put like that: " + read);
        } else if (source.isDone() && isOverwritten(source, read, key)) {
          violations.add(key + " is older than what was acknowledged or seen: " + read);
        }
      }
    }

    /** Whether another value was put, or seen, wholly between a put and a read that shows it. */
    private boolean isOverwritten(Operation source, Operation read, String key) {
      return any(
          between ->
              source.isBefore(between)
                  && between.isBefore(read)
                  && ((isPut(between, key) && between.isDone())
                      || showsAnother(between, source, key)));
    }

    private static boolean showsAnother(Operation read, Operation source, String key) {
      return read.is(Kind.READ)
          && read.seen() != null
          && !source.value().equals(read.seen().get(key));
    }

    private static boolean isAdd(Operation operation, String key) {
      return operation.is(Kind.ADD) && operation.key().equals(key);
    }

    private static boolean isPut(Operation operation, String key) {
      return operation.is(Kind.PUT) && operation.key().equals(key);
    }

    private List<String> keys(Kind kind) {
      return all.stream()
          .filter(operation -> operation.is(kind))
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
