// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One run of the flicker: a person in front of two workers, with the naive side and ours side by
 * side. Steps may come in any order. For one request at a time.
 */
final class Flicker {
  private static final int REFRESHES = 10;
  private static final String FIRST = "student1";
  private static final String SECOND = "student2";
  private static final String STRANGER = "As a stranger";

  private final Bench bench;
  private final Cause cause;
  private final Person person;
  private final List<Report.Row> naive = new ArrayList<>();
  private final List<Report.Row> ours = new ArrayList<>();
  private Seen lastNaive;
  private Seen lastOurs;
  private String name = "";
  private String label = STRANGER;
  private int turn;

  Flicker(Bench bench, Cause cause) {
    this.bench = bench;
    this.cause = cause;
    this.person = bench.person();
    this.lastOurs = look(NaiveSite.PAGE);
    this.lastNaive = look(NaiveSite.path(cause, bench.run()));
  }

  private Seen look(String path) {
    return person.look(bench.turn(turn), path);
  }

  Cause cause() {
    return cause;
  }

  String run() {
    return bench.run();
  }

  /** The two workers, by turns. */
  List<LabWorker> workers() {
    return List.of(bench.one(), bench.two());
  }

  /** All of it: before, signed in, somebody else, and after. */
  void runAll() {
    refresh();
    signIn();
    refresh();
    somebodyElse();
    refresh();
    signOut();
    refresh();
  }

  void refresh() {
    look(REFRESHES);
  }

  void nextWorker() {
    turn++;
    look(1);
  }

  private void look(int times) {
    List<Report.Dot> naiveDots = new ArrayList<>();
    List<Report.Dot> ourDots = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      lastOurs = look(NaiveSite.PAGE);
      lastNaive = look(NaiveSite.path(cause, bench.run()));
      ourDots.add(dot(lastOurs));
      naiveDots.add(dot(lastNaive));
      // One refresh alone stays on the worker that was chosen for it.
      turn += times > 1 ? 1 : 0;
    }
    naive.add(new Report.Row(label, naiveDots));
    ours.add(new Report.Row(label, ourDots));
  }

  private Report.Dot dot(Seen seen) {
    return new Report.Dot(seen.isWrongFor(name), seen.where() + " shows: " + seen.says());
  }

  void signIn() {
    if (name.isEmpty()) {
      signIn(FIRST);
      label = "Signed in as " + name;
    }
  }

  /** At the same browser. */
  void somebodyElse() {
    signOut();
    signIn(SECOND);
    label = "Somebody else, as " + name;
  }

  private void signIn(String username) {
    name = person.signIn(bench.turn(turn), username);
    // The naive side gets to know of it where its mistake needs that.
    person.post(bench.turn(turn), NaiveSite.path(cause, bench.run()), Map.of());
  }

  void signOut() {
    person.signOut(bench.turn(turn));
    name = "";
    label = STRANGER;
  }

  /** The name that pages must show now; empty for a stranger. */
  String name() {
    return name;
  }

  /** Who is looking, in words. */
  String label() {
    return label;
  }

  Map<String, String> cookies() {
    return person.cookies();
  }

  Seen lastNaive() {
    return lastNaive;
  }

  Seen lastOurs() {
    return lastOurs;
  }

  Report report() {
    return new Report(List.copyOf(naive), List.copyOf(ours));
  }
}
