// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lms.demo.workers.SessionHistory.Answer;
import dev.lms.demo.workers.SessionHistory.Kind;
import dev.lms.demo.workers.SessionHistory.Lives;
import dev.lms.demo.workers.SessionHistory.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The judge must know a bad history when it sees one. */
class SessionHistoryTest {
  /** Every history begins with a sign-in from 0 to 0. */
  private static final Operation SIGN_IN =
      new Operation("s", Kind.SIGN_IN, "", "", 0, 0, Answer.DONE, null);

  private static final Lives LIVES = new Lives(100, 250, 5);

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
    assertEquals(List.of(), violations(operations));
  }

  private static void bad(Operation... operations) {
    assertFalse(violations(operations).isEmpty());
  }

  private static List<String> violations(Operation... operations) {
    List<Operation> all = new ArrayList<>(List.of(SIGN_IN));
    all.addAll(List.of(operations));
    return new SessionHistory(all, LIVES).violations();
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
  void aSessionEndsWhenNobodyUsesIt() {
    good(read(90, 91, Map.of()), read(180, 181, Map.of()), read(290, 291, null));
    good(read(90, 91, Map.of()), read(192, 195, null));
    good(read(90, 98, Map.of()), read(120, 121, null));
    bad(put("a", 90, 98, Answer.DONE), read(120, 121, null));
    good(put("a", 90, 110, Answer.UNKNOWN), read(205, 206, Map.of("k", "a")));
    bad(read(110, 111, Map.of()));
    bad(read(90, 95, Map.of()), put("a", 201, 202, Answer.DONE));
    bad(read(90, 94, Map.of()), read(170, 180, null));
  }

  @Test
  void aSessionEndsHoweverMuchItIsUsed() {
    Operation[] uses = {read(80, 81, Map.of()), read(160, 161, Map.of()), read(240, 241, Map.of())};
    good(uses[0], uses[1], uses[2], read(247, 248, null));
    bad(uses[0], uses[1], uses[2], read(242, 243, null));
    bad(uses[0], uses[1], uses[2], read(256, 257, Map.of()));
  }

  @Test
  void acknowledgedValuesAreSeen() {
    good(put("a", 1, 4, Answer.DONE), read(2, 3, Map.of()), read(5, 6, Map.of("k", "a")));
    good(put("a", 1, 2, Answer.UNKNOWN), read(5, 6, Map.of("k", "a")));
    bad(put("a", 1, 4, Answer.DONE), read(5, 6, Map.of()));
    bad(read(5, 6, Map.of("k", "a")), put("a", 7, 8, Answer.DONE));
    bad(put("a", 1, 2, Answer.DONE), read(5, 6, Map.of("k", "ab")));
  }

  private static Operation swap(String seen, String value, long start, long end, Answer answer) {
    Map<String, String> found = seen.isEmpty() ? Map.of() : Map.of("k", seen);
    return new Operation("s", Kind.SWAP, "k", value, start, end, answer, found);
  }

  @Test
  void whatMustNotBeOverwrittenUnseenIsNot() {
    Operation first = swap("", "a", 1, 4, Answer.DONE);
    good(first, swap("", "b", 2, 5, Answer.CONFLICT), read(6, 7, Map.of("k", "a")));
    good(first, swap("a", "b", 2, 5, Answer.DONE), read(6, 7, Map.of("k", "b")));
    bad(first, swap("", "b", 2, 5, Answer.DONE));
    bad(first, swap("", "b", 5, 6, Answer.CONFLICT));
    bad(first, swap("a", "b", 2, 5, Answer.CONFLICT), read(6, 7, Map.of("k", "b")));
    bad(swap("", "a", 1, 4, Answer.CONFLICT));
    bad(first, put("b", 5, 6, Answer.DONE), swap("a", "c", 7, 8, Answer.DONE));
    good(put("b", 1, 2, Answer.UNKNOWN), swap("", "c", 7, 8, Answer.CONFLICT));
    bad(put("b", 1, 2, Answer.DONE), swap("b", "c", 7, 8, Answer.CONFLICT));
    bad(signOut(1, 2, Answer.DONE), swap("", "c", 7, 8, Answer.CONFLICT));
  }

  /** What a repeat does after somebody else's value was acknowledged. */
  @Test
  void aRepeatIsNoExplanation() {
    Operation lost = put("a", 1, 9, Answer.DONE);
    bad(
        lost,
        read(2, 3, Map.of("k", "a")),
        put("b", 4, 5, Answer.DONE),
        read(10, 11, Map.of("k", "a")));
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
