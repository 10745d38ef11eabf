// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The part of {@link SessionStoreContract} about steps that are cut short, and what steps cost. */
abstract class CrashAndBudgetContract extends StoreContractBase {
  /**
   * How many round trips to its server the stores of this test have made so far, as the server
   * itself counts them; asking may count as well, always as much. Empty if there is no server.
   */
  protected OptionalLong roundTrips() {
    return OptionalLong.empty();
  }

  // Crash, as far as one process can show it: a step is cut short wherever it just is.

  /** A thread that writes one value into two attributes, over and over, until it is interrupted. */
  private static final class Writer implements Runnable {
    private static final int ENOUGH = 5;

    private final SessionStore store;
    private final CountDownLatch several = new CountDownLatch(ENOUGH);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile String token;
    private volatile int acknowledged;

    Writer(SessionStore store, String token, int acknowledged) {
      this.store = store;
      this.token = token;
      this.acknowledged = acknowledged;
    }

    @Override
    public void run() {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          int next = acknowledged + 1;
          Map<String, String> both = Map.of("a", "" + next, "b", "" + next);
          Changes changes = new Changes(both, Set.of(), Map.of());
          token =
              store
                  .update(loaded(store, token), changes, WriteOptions.at(NOW, SOON))
                  .token()
                  .orElseThrow();
          acknowledged = next;
          several.countDown();
        }
      } catch (SessionStoreException e) {
        // Cut short: done or not, and said so by the only exception that means that.
      } catch (RuntimeException | Error e) {
        failure.set(e);
      }
    }
  }

  @Test
  void aStepThatIsCutShortIsDoneOrNotAndNothingAcknowledgedIsLost() throws Exception {
    SessionStore doomed = store();
    SessionStore others = store();
    String token =
        doomed
            .create(person(), Map.of("a", "0", "b", "0"), WriteOptions.at(NOW, SOON))
            .orElseThrow();
    int value = 0;
    for (int round = 0; round < 20; round++) {
      Writer writer = new Writer(doomed, token, value);
      Thread thread = new Thread(writer);
      thread.start();
      assertTrue(
          writer.several.await(60, TimeUnit.SECONDS), "nothing is written: " + writer.failure);
      thread.interrupt();
      thread.join(60_000);
      assertFalse(thread.isAlive(), "it does not end");
      assertEquals(null, writer.failure.get(), "what went wrong besides");
      token = writer.token;
      StoredSession found = loaded(others, token);
      assertEquals(found.attributes().get("a"), found.attributes().get("b"), "half a commit");
      assertEquals(SOON, found.deadline());
      value = Integer.parseInt(found.attributes().getOrDefault("a", "-1"));
      assertTrue(
          value == writer.acknowledged || value == writer.acknowledged + 1,
          value + " after " + writer.acknowledged + " was acknowledged");
    }
  }

  // Budget: what the steps of a stranger's session cost. Who is signed in may cost an index more.

  private long cost(Runnable step) {
    // In this order: asking costs something itself.
    long first = roundTrips().orElse(0);
    long before = roundTrips().orElse(0);
    step.run();
    return roundTrips().orElse(0) - before - (before - first);
  }

  @Test
  void everyStepCostsOneRoundTripAndAForgedTokenNone() {
    SessionStore store = store();
    String[] token = new String[1];
    StoredSession[] session = new StoredSession[1];
    for (int warmUp = 0; warmUp < 60; warmUp++) {
      token[0] =
          store.create(stranger(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      token[0] = rotated(store, loaded(store, token[0]));
      store.update(loaded(store, token[0]), set("a", "2"), WriteOptions.at(NOW, SOON));
      Stores.end(store, loaded(store, token[0]), NOW);
    }
    String forged = token[0].substring(0, token[0].length() - 2) + "!!";
    assertEquals(0, cost(() -> assertEquals(Opened.ABSENT, store.open(forged, NOW))), "forged");
    costsOne(
        "create",
        () ->
            token[0] =
                store
                    .create(stranger(), Map.of("a", "1"), WriteOptions.at(NOW, SOON))
                    .orElseThrow());
    costsOne("open", () -> session[0] = ((Opened.Live) store.open(token[0], NOW)).session());
    costsOne("update", () -> store.update(session[0], set("a", "2"), WriteOptions.at(NOW, SOON)));
    costsOne("rotate", () -> token[0] = rotated(store, session[0]));
    session[0] = loaded(store, token[0]);
    costsOne("delete", () -> Stores.end(store, session[0], NOW));
    costsOne("what has ended", () -> assertEquals(Opened.ABSENT, store.open(token[0], NOW)));
  }

  private static String rotated(SessionStore store, StoredSession session) {
    return store
        .rotate(session, stranger(), Changes.NONE, WriteOptions.at(NOW, SOON))
        .token()
        .orElseThrow();
  }

  private void costsOne(String what, Runnable step) {
    // Not less either: a budget that counts nothing would hold whatever a step costs.
    assertEquals(roundTrips().isPresent() ? 1 : 0, cost(step), what);
  }
}
