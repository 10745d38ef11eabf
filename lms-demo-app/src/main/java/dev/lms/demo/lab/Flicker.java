// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private final Optional<CrowdedWorker> crowded;
  private final Person person;
  private final List<Report.Row> naive = new ArrayList<>();
  private final List<Report.Row> ours = new ArrayList<>();
  private LabWorker lastPlace;
  private Seen lastNaive;
  private Seen lastOurs;
  private String name = "";
  private String label = STRANGER;
  private int turn;

  /**
   * A run.
   *
   * @param crowded the worker that everybody is kept on, for a cause that needs it
   */
  Flicker(Bench bench, Cause cause, Optional<CrowdedWorker> crowded) {
    this.bench = bench;
    this.cause = cause;
    this.crowded = crowded;
    this.person = bench.person();
    this.lastPlace = bench.two();
    this.lastOurs = look(NaiveSite.PAGE);
    this.lastNaive = look(NaiveSite.path(cause, bench.run()));
  }

  private Seen look(String path) {
    return person.look(place(), path);
  }

  /** Where the balancer leads now. */
  private LabWorker place() {
    lastPlace = crowded.map(worker -> worker.now(run())).orElseGet(() -> bench.turn(turn));
    return lastPlace;
  }

  /** Where one signs in and out: hashing a password takes more memory than some workers have. */
  private LabWorker home() {
    return crowded.isPresent() ? bench.one() : bench.turn(turn);
  }

  Cause cause() {
    return cause;
  }

  String run() {
    return bench.run();
  }

  /** Those that are looked at, by turns. */
  List<LabWorker> workers() {
    return crowded.isPresent() ? List.of(lastPlace) : List.of(bench.one(), bench.two());
  }

  /** Whether everybody is kept on one worker. */
  boolean isCrowded() {
    return crowded.isPresent();
  }

  /** The steps of all of it; before the first and after each somebody looks. */
  List<String> story() {
    return crowded.isPresent()
        ? List.of("sign-in", "rush", "plan", "rush", "sign-out")
        : List.of("sign-in", "somebody-else", "sign-out");
  }

  /** All of it. */
  void runAll() {
    refresh();
    for (String step : story()) {
      take(step);
      refresh();
    }
  }

  /** Whether a step is nothing until somebody looks. */
  static boolean isShownByLooking(String step) {
    return step.equals("somebody-else") || step.equals("rush") || step.equals("plan");
  }

  /** Takes a step by its name. */
  void take(String step) {
    switch (step) {
      case "sign-in" -> signIn();
      case "sign-out" -> signOut();
      case "somebody-else" -> somebodyElse();
      case "refresh" -> refresh();
      case "next" -> nextWorker();
      case "rush" -> rush();
      case "plan" -> giveWhatThePlanSays();
      default -> throw noSuchStep();
    }
  }

  private static HttpProblem noSuchStep() {
    return HttpProblem.badRequest("There is no such step.");
  }

  private void rush() {
    boolean lives = crowded.orElseThrow(Flicker::noSuchStep).outlivesARush(bench);
    int heap = crowded.map(CrowdedWorker::heapMb).orElse(0);
    place();
    label =
        lives
            ? "After a rush that %d MB are enough for".formatted(heap)
            : "After a rush: out of its %d MB, died, started again".formatted(heap);
  }

  /** The same worker with more memory; people sign in again, as after every restart. */
  private void giveWhatThePlanSays() {
    CrowdedWorker worker = crowded.orElseThrow(Flicker::noSuchStep);
    worker.giveWhatThePlanSays(run());
    place();
    if (!name.isEmpty()) {
      enter();
    }
    label = "With the plan's %d MB, %s".formatted(worker.heapMb(), label(name));
  }

  private static String label(String name) {
    return name.isEmpty() ? "as a stranger" : "signed in again as " + name;
  }

  private void refresh() {
    look(REFRESHES);
  }

  private void nextWorker() {
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

  private void signIn() {
    if (name.isEmpty()) {
      signIn(FIRST);
      label = "Signed in as " + name;
    }
  }

  /** At the same browser. */
  private void somebodyElse() {
    signOut();
    signIn(SECOND);
    label = "Somebody else, as " + name;
  }

  private void signIn(String username) {
    name = person.signIn(home(), username);
    enter();
  }

  /** The naive side gets to know of it where its mistake needs that. */
  private void enter() {
    person.post(place(), NaiveSite.path(cause, bench.run()), Map.of());
  }

  private void signOut() {
    person.signOut(home());
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
