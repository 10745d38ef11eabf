// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G1, G2 and G6 while sessions move, interleaving by interleaving: somebody who moves a session is
 * stopped before each of the steps in turn, and meanwhile a worker does all of something else.
 */
class MigrationStepsTest extends MigrationFixture {
  /** More than a move takes. */
  private static final int MOST_STEPS = 8;

  /** What a worker does while a session moves, and what must come of it. */
  private interface Deed {
    void done(SessionStore worker, String token, StoredSession before);
  }

  private interface Outcome {
    void holds(SessionStore worker, String token);
  }

  /**
   * A mover stops before its first, second, … step, and goes on when a worker has done the deed:
   * one that has not heard of the migration until then, and one that has.
   */
  private void atEachStep(Way way, Deed deed, Outcome outcome) {
    for (int aware = 0; aware < 2; aware++) {
      for (int step = 0; step < MOST_STEPS; step++) {
        open(way);
        MigratingStore worker = worker();
        String token = signIn(worker);
        StoredSession before = load(worker, token).orElseThrow();
        Phase.MOVING.record(((Transferable) from).transfer());
        if (aware == 1) {
          worker.beat("w");
        }
        int[] left = {step};
        Watched.Between between =
            name -> {
              if (left[0]-- == 0) {
                deed.done(worker, token, before);
              }
            };
        migration(Watched.store(from, between), Watched.store(to, between)).move(moved -> {});
        if (left[0] >= 0) {
          deed.done(worker, token, before);
        }
        outcome.holds(worker, token);
        outcome.holds(worker(), token);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void noIncrementIsLostAndNoneCountsTwice(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> {
          assertTrue(worker.update(before, ONE_MORE, OPTIONS).isStored());
          StoredSession again = load(worker, token).orElseThrow();
          assertEquals("1", again.attributes().get("n"));
          assertTrue(worker.update(again, ONE_MORE, OPTIONS).isStored());
        },
        (worker, token) -> {
          StoredSession session = load(worker, token).orElseThrow();
          assertEquals(Map.of("n", "2", "höhe", "1|2"), session.attributes());
          assertEquals(PERSON, session.envelope());
          assertEquals(SOON, session.deadline());
        });
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whoSignsOutDoesNotComeBack(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> worker.delete(token, Optional.of(before), NOW),
        MigrationFixture::assertGone);
    atEachStep(
        way,
        (worker, token, before) -> worker.delete(token, Optional.empty(), NOW),
        MigrationFixture::assertGone);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whoIsRevokedDoesNotComeBack(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> index(worker).revokeAll("ada", Optional.empty(), NOW),
        MigrationFixture::assertGone);
    atEachStep(
        way,
        (worker, token, before) -> index(worker).revoke("ada", before.handle(), NOW),
        MigrationFixture::assertGone);
    atEachStep(
        way, (worker, token, before) -> index(worker).purge(NOW), MigrationFixture::assertGone);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void rolesChangeWhereverASessionIs(Way way) {
    atEachStep(
        way,
        (worker, token, before) -> index(worker).changeRoles("ada", Set.of("admin"), NOW),
        (worker, token) ->
            assertEquals(
                Set.of("admin"),
                load(worker, token).orElseThrow().envelope().principal().orElseThrow().roles()));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aNewIdIsTheOnlyOne(Way way) {
    String[] latest = new String[1];
    atEachStep(
        way,
        (worker, token, before) -> {
          Written written = worker.rotate(before, PERSON, ONE_MORE, OPTIONS);
          latest[0] = written.token().orElseThrow();
        },
        (worker, token) -> {
          assertEquals(Optional.empty(), load(worker, token));
          assertEquals("1", load(worker, latest[0]).orElseThrow().attributes().get("n"));
          assertEquals(1, index(worker).list("ada", NOW).size());
        });
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void anAliasLeadsToItsSessionAtEveryStep(Way way) {
    for (int step = 0; step < MOST_STEPS; step++) {
      open(way);
      MigratingStore worker = worker();
      String old = signIn(worker);
      StoredSession before = load(worker, old).orElseThrow();
      WriteOptions grace = OPTIONS.withGrace(Duration.ofMinutes(1));
      String latest = worker.rotate(before, PERSON, ONE_MORE, grace).token().orElseThrow();
      Phase.MOVING.record(((Transferable) from).transfer());
      int[] left = {step};
      Watched.Between between =
          name -> {
            if (left[0]-- == 0) {
              assertTrue(worker.open(old, NOW) instanceof Opened.Live, "through " + name);
              assertTrue(load(worker, latest).isPresent(), name);
            }
          };
      migration(Watched.store(from, between), Watched.store(to, between)).move(moved -> {});
      assertTrue(worker().open(old, NOW) instanceof Opened.Live);
      assertTrue(worker().delete(old, Optional.empty(), NOW));
      assertEquals(Optional.empty(), load(worker(), latest));
    }
  }
}
