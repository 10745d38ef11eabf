package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lms.demo.workers.SessionHistory.Answer;
import dev.lms.demo.workers.SessionHistory.Kind;
import dev.lms.demo.workers.SessionHistory.Operation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The judge must know a bad history when it sees one. */
class SessionHistoryTest {
  private static Operation put(String value, long start, long end, Answer answer) {
    return new Operation("s", Kind.PUT, "k", value, start, end, answer, null);
  }

  private static Operation add(long start, long end, Answer answer) {
    return new Operation("s", Kind.ADD, "n", "", start, end, answer, null);
  }

  private static Operation signOut(long start, long end, Answer answer) {
    return new Operation("s", Kind.SIGN_OUT, "", "", start, end, answer, null);
  }

  private static Operation read(long start, long end, @Nullable Map<String, String> seen) {
    return new Operation("s", Kind.READ, "", "", start, end, Answer.DONE, seen);
  }

  private static void good(Operation... operations) {
    assertEquals(List.of(), new SessionHistory(List.of(operations)).violations());
  }

  private static void bad(Operation... operations) {
    assertFalse(new SessionHistory(List.of(operations)).violations().isEmpty());
  }

  @Test
  void aSessionEndsOnceAndForAll() {
    good(signOut(1, 5, Answer.DONE), read(2, 3, Map.of()), read(6, 7, null));
    good(signOut(1, 5, Answer.DONE), put("a", 2, 8, Answer.DONE), read(9, 10, null));
    bad(signOut(1, 5, Answer.DONE), read(6, 7, Map.of()));
    bad(signOut(1, 5, Answer.DONE), put("a", 6, 7, Answer.DONE));
  }

  @Test
  void aSessionDoesNotEndByItself() {
    good(read(2, 6, null), signOut(5, 9, Answer.UNKNOWN));
    bad(read(2, 3, null));
    bad(put("a", 2, 3, Answer.GONE), signOut(5, 9, Answer.DONE));
  }

  @Test
  void acknowledgedValuesAreSeen() {
    good(put("a", 1, 4, Answer.DONE), read(2, 3, Map.of()), read(5, 6, Map.of("k", "a")));
    good(put("a", 1, 2, Answer.UNKNOWN), read(5, 6, Map.of("k", "a")));
    bad(put("a", 1, 4, Answer.DONE), read(5, 6, Map.of()));
    bad(read(5, 6, Map.of("k", "a")), put("a", 7, 8, Answer.DONE));
    bad(put("a", 1, 2, Answer.DONE), read(5, 6, Map.of("k", "ab")));
  }

  @Test
  void theLastValueWins() {
    Operation a = put("a", 1, 4, Answer.DONE);
    Operation b = put("b", 2, 3, Answer.DONE);
    good(a, b, read(5, 6, Map.of("k", "a")));
    good(a, b, read(5, 6, Map.of("k", "b")));
    bad(a, put("b", 5, 6, Answer.DONE), read(7, 8, Map.of("k", "a")));
    bad(a, b, read(5, 6, Map.of("k", "b")), read(7, 8, Map.of("k", "a")));
  }

  @Test
  void countersLoseNothingAndCountNothingTwice() {
    good(add(1, 4, Answer.DONE), add(2, 3, Answer.UNKNOWN), read(5, 6, Map.of("n", "1")));
    good(add(1, 4, Answer.DONE), add(2, 3, Answer.UNKNOWN), read(5, 6, Map.of("n", "2")));
    bad(add(1, 2, Answer.DONE), add(3, 4, Answer.DONE), read(5, 6, Map.of("n", "1")));
    bad(add(1, 2, Answer.DONE), add(3, 4, Answer.GONE), read(5, 6, Map.of("n", "2")));
    bad(add(1, 9, Answer.DONE), read(2, 3, Map.of("n", "1")), read(4, 5, Map.of()));
  }
}
