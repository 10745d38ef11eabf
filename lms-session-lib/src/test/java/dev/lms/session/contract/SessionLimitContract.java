// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/**
 * How many sessions a person may have, in stores that know whose sessions there are. Part of {@link
 * SessionStoreContract}.
 */
abstract class SessionLimitContract extends PrincipalIndexContract {
  @Test
  void pastTheLimitTheOldestEnds() {
    SessionStore store = store();
    if (hasIndex(store)) {
      String second = signIn(store, ada, 2, TWO).orElseThrow();
      String first = signIn(store, ada, 1, TWO).orElseThrow();
      String bobs = signIn(store, bob, 0, TWO).orElseThrow();
      StoredSession visitor =
          loaded(
              store, store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
      String third =
          store
              .rotate(
                  visitor, of(ada, 3), Changes.NONE, WriteOptions.at(after(3), SOON).withLimit(TWO))
              .token()
              .orElseThrow();
      assertFalse(lives(store, first), "the oldest sign-in");
      assertTrue(lives(store, second));
      assertTrue(lives(store, third));
      assertTrue(lives(store, bobs));
      String fourth = signIn(store, ada, 4, TWO).orElseThrow();
      assertFalse(lives(store, second));
      assertEquals(
          List.of(handle(store, fourth), handle(store, third)), handles(store, ada, after(4)));
    }
  }

  @Test
  void aLimitThatRefusesWritesNothing() {
    SessionStore store = store();
    if (hasIndex(store)) {
      String first = signIn(store, ada, 1, AT_MOST_TWO).orElseThrow();
      String second = signIn(store, ada, 2, AT_MOST_TWO).orElseThrow();
      assertEquals(Optional.empty(), signIn(store, ada, 3, AT_MOST_TWO));
      String basket =
          store.create(stranger(), Map.of("basket", "3"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession visitor = loaded(store, basket);
      assertEquals(
          Optional.empty(),
          store
              .rotate(
                  visitor,
                  of(ada, 3),
                  set("a", "1"),
                  WriteOptions.at(after(3), SOON).withLimit(AT_MOST_TWO))
              .token());
      assertEquals(Map.of("basket", "3"), loaded(store, basket).attributes());
      assertTrue(lives(store, first));
      assertTrue(lives(store, second));
      assertEquals(2, handles(store, ada, after(3)).size());
      Stores.end(store, loaded(store, first), after(4));
      assertTrue(
          store
              .rotate(
                  visitor,
                  of(ada, 5),
                  Changes.NONE,
                  WriteOptions.at(after(5), SOON).withLimit(AT_MOST_TWO))
              .token()
              .isPresent());
    }
  }

  @Test
  void aNewIdForOnesOwnSessionIsNotOneMore() {
    SessionStore store = store();
    if (hasIndex(store)) {
      String other = signIn(store, ada, 1, AT_MOST_TWO).orElseThrow();
      String mine = signIn(store, ada, 0, AT_MOST_TWO).orElseThrow();
      for (SessionLimit limit : List.of(AT_MOST_TWO, TWO, SessionLimit.NONE, AT_MOST_TWO)) {
        StoredSession session = loaded(store, mine);
        mine =
            store
                .rotate(
                    session,
                    of(ada, 0),
                    Changes.NONE,
                    WriteOptions.at(after(2), SOON).withLimit(limit))
                .token()
                .orElseThrow();
      }
      assertTrue(lives(store, other));
      assertEquals(2, handles(store, ada, after(2)).size());
    }
  }

  @Test
  void whatHasEndedDoesNotCount() {
    SessionStore store = store();
    if (hasIndex(store)) {
      Instant evening = NOW.plus(Duration.ofHours(6));
      Instant night = evening.plusSeconds(1800);
      for (int i = 0; i < 2; i++) {
        assertTrue(signIn(store, ada, i, AT_MOST_TWO).isPresent());
      }
      for (int i = 0; i < 2; i++) {
        assertTrue(
            store
                .create(
                    of(ada, 0), Map.of(), WriteOptions.at(evening, night).withLimit(AT_MOST_TWO))
                .isPresent());
      }
      assertFalse(
          store
              .create(of(ada, 0), Map.of(), WriteOptions.at(evening, night).withLimit(AT_MOST_TWO))
              .isPresent());
    }
  }

  @Test
  void parallelSignInsDoNotSlipPastTheLimit() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    if (hasIndex(one)) {
      for (SessionLimit limit : List.of(TWO, AT_MOST_TWO)) {
        Stores.index(one).revokeAll(ada.id(), Optional.empty(), NOW);
        List<Callable<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          SessionStore store = i % 2 == 0 ? one : two;
          calls.add(() -> signIn(store, ada, 0, limit).orElse("refused"));
        }
        List<Object> tokens = inParallel(calls);
        long live = tokens.stream().filter(token -> lives(one, token.toString())).count();
        assertEquals(2, live, limit::toString);
        assertEquals(2, handles(one, ada, NOW).size());
      }
    }
  }
}
