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

  private final Bench bench;
  private final Cause cause;
  private final Person person;
  private final List<Report.Row> naive = new ArrayList<>();
  private final List<Report.Row> ours = new ArrayList<>();
  private Seen lastNaive;
  private Seen lastOurs;
  private String name = "";
  private int turn;

  Flicker(Bench bench, Cause cause) {
    this.bench = bench;
    this.cause = cause;
    this.person = bench.person();
    this.lastOurs = look(person, NaiveSite.PAGE);
    this.lastNaive = look(person, NaiveSite.path(cause, bench.run()));
  }

  private Seen look(Person who, String path) {
    return who.look(bench.turn(turn), path);
  }

  Cause cause() {
    return cause;
  }

  /** All of it: before, signed in, somebody else, and after. */
  void runAll() {
    refresh(REFRESHES);
    signIn();
    refresh(REFRESHES);
    somebodyElse();
    signOut();
    refresh(REFRESHES);
  }

  void refresh() {
    refresh(REFRESHES);
  }

  void nextWorker() {
    turn++;
    refresh(1);
  }

  private void refresh(int times) {
    observe(person, name, name.isEmpty() ? "As a stranger" : "Signed in as " + name, times);
  }

  private void observe(Person who, String expected, String label, int times) {
    List<Report.Dot> naiveDots = new ArrayList<>();
    List<Report.Dot> ourDots = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      lastOurs = look(who, NaiveSite.PAGE);
      lastNaive = look(who, NaiveSite.path(cause, bench.run()));
      ourDots.add(dot(lastOurs, expected));
      naiveDots.add(dot(lastNaive, expected));
      // One refresh alone stays on the worker that was chosen for it.
      turn += times > 1 ? 1 : 0;
    }
    naive.add(new Report.Row(label, naiveDots));
    ours.add(new Report.Row(label, ourDots));
  }

  private static Report.Dot dot(Seen seen, String expected) {
    return new Report.Dot(!seen.menu().equals(expected), seen.where() + " shows: " + seen.says());
  }

  void signIn() {
    if (name.isEmpty()) {
      name = signIn(person, FIRST);
    }
  }

  private String signIn(Person who, String username) {
    String shown = who.signIn(bench.turn(turn), username);
    // The naive side gets to know of it where its mistake needs that.
    who.post(bench.turn(turn), NaiveSite.path(cause, bench.run()), Map.of());
    return shown;
  }

  void somebodyElse() {
    Person other = bench.person();
    String otherName = signIn(other, SECOND);
    observe(other, otherName, "Somebody else, as " + otherName, REFRESHES);
    other.signOut(bench.turn(turn));
  }

  void signOut() {
    person.signOut(bench.turn(turn));
    name = "";
  }

  boolean isSignedIn() {
    return !name.isEmpty();
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
