// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.observation.StoreObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What those are told who watch calls of the store, with sessions in files. */
class StoreObserverTest extends SessionFixture {
  private final List<String> told = new ArrayList<>();

  private StoreObserver observer(String name) {
    return operation -> {
      tell(name, "begins", operation);
      return (outcome, failure) ->
          tell(
              name,
              outcome + failure.map(f -> " " + f.getClass().getSimpleName()).orElse(""),
              operation);
    };
  }

  private void tell(String name, String what, String operation) {
    told.add((name + " " + operation + " " + what).toLowerCase(Locale.ROOT));
  }

  private Sessions watchedBy(StoreObserver... observers) {
    Sessions.Builder builder =
        Sessions.builder(store, KEYS).settings(SessionSettings.plainHttp()).clock(clock);
    for (StoreObserver observer : observers) {
      builder.observer(observer);
    }
    return builder.build();
  }

  @Test
  void eachCallIsToldOnceAndWhoBeganLastEndsFirst() {
    List<String> cookie = begin("a", "1");
    sessions = watchedBy(observer("outer"), observer("inner"));
    assertTrue(sessions.open(cookie).exists());
    assertEquals(
        List.of(
            "outer load begins", "inner load begins", "inner load answered", "outer load answered"),
        told);
  }

  @Test
  void nothingIsToldOfARequestThatAsksNothing() {
    sessions = watchedBy(observer("one"));
    assertFalse(sessions.open(null).exists());
    assertEquals(List.of(), told);
  }

  @Test
  void aForgedTokenIsNoAnswerOfTheStore() {
    List<String> cookie = begin("a", "1");
    sessions = watchedBy(observer("one"));
    assertFalse(sessions.open(List.of(cookie.get(0) + "x")).exists());
    assertEquals(List.of("one load begins", "one load forged"), told);
  }

  @Test
  void whatTheStoreThrowsIsTold() {
    Session session = sessions.open(null);
    session.add("count", Long.MAX_VALUE - 1);
    assertEquals(CommitOutcome.STORED, session.commit());
    sessions = watchedBy(observer("one"));
    Session first = sessions.open(cookie(session));
    Session second = sessions.open(cookie(session));
    first.add("count", 1);
    second.add("count", 1);
    assertEquals(CommitOutcome.STORED, first.commit());
    assertThrows(IllegalStateException.class, second::commit);
    assertEquals("one update failed illegalstateexception", told.get(told.size() - 1));
  }

  @Test
  void anObserverThatFailsChangesNothing() {
    StoreObserver failsAtOnce =
        operation -> {
          throw new IllegalStateException("at once");
        };
    StoreObserver failsLater =
        operation ->
            (outcome, failure) -> {
              throw new AssertionError("later");
            };
    sessions = watchedBy(observer("first"), failsAtOnce, failsLater, observer("last"));
    List<String> cookie = begin("a", "1");
    assertEquals(Optional.of("1"), sessions.open(cookie).get("a"));
    Session session = sessions.open(cookie);
    session.signIn(new Principal("ada", Set.of()));
    assertEquals(CommitOutcome.STORED, session.commit());
    assertEquals(
        told.stream().filter(line -> line.startsWith("first")).count(),
        told.stream().filter(line -> line.startsWith("last")).count());
    assertTrue(told.contains("first rotate answered"), told.toString());
  }
}
