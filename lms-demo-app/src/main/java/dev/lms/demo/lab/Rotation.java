// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Somebody else knows the id of a session from before its person signs in. */
final class Rotation implements Experiment {
  private static final int ROUNDS = 3;

  private final boolean reports;

  /**
   * The experiment.
   *
   * @param reports whether the site's sessions notice that an old id is used
   */
  Rotation(boolean reports) {
    this.reports = reports;
  }

  @Override
  public String id() {
    return "rotation";
  }

  @Override
  public Report run(Bench bench) {
    List<Report.Row> naive = new ArrayList<>();
    List<Report.Row> ours = new ArrayList<>();
    String planted = "With the id from before the sign-in";
    naive.add(row(planted, i -> naive(bench, "planted-" + bench.run() + "-" + i)));
    ours.add(row(planted, i -> ours(bench)));
    String old = "With an id that was rotated";
    naive.add(row(old, i -> naiveRotated(bench, "old-" + bench.run() + "-" + i)));
    if (reports) {
      ours.add(row(old, i -> rotated(bench)));
    }
    return new Report(naive, ours);
  }

  private static Report.Row row(String label, IntFunction<Report.Dot> round) {
    return new Report.Row(label, IntStream.range(0, ROUNDS).mapToObj(round).toList());
  }

  /** The session goes on under the id it had, to which signing in adds a name. */
  private static Report.Dot naive(Bench bench, String id) {
    bench.tell(bench.one(), "naive/put", "id", id, "key", "basket", "value", "a book");
    bench.tell(bench.two(), "naive/put", "id", id, "key", "user", "value", "student1");
    String user = bench.tell(bench.one(), "naive/read", "id", id, "key", "user");
    return new Report.Dot(
        !user.isEmpty(), user.isEmpty() ? "a stranger" : "the thief is signed in as " + user);
  }

  private static Report.Dot ours(Bench bench) {
    Person person = bench.person();
    // A session of somebody who has not signed in yet.
    person.tell(bench.one(), "ours/put", Bench.form("key", "lab-basket", "value", "a book"));
    Person thief = person.thief();
    person.signIn(bench.two(), "student1");
    Seen seen = thief.look(bench.one(), NaiveSite.PAGE);
    person.signOut(bench.one());
    return new Report.Dot(seen.greets(), "the thief sees: " + seen.says());
  }

  private static Report.Dot naiveRotated(Bench bench, String id) {
    bench.tell(bench.one(), "naive/put", "id", id, "key", "user", "value", "student1");
    bench.tell(bench.one(), "naive/rotate", "id", id, "new", id + "-new");
    String user = bench.tell(bench.two(), "naive/read", "id", id, "key", "user");
    return new Report.Dot(
        !user.isEmpty(), user.isEmpty() ? "a stranger" : "still signed in as " + user);
  }

  private static Report.Dot rotated(Bench bench) {
    Person person = bench.person();
    person.tell(bench.one(), "ours/put", Bench.form("key", "lab-basket", "value", "a book"));
    Person thief = person.thief();
    person.tell(bench.one(), "ours/rotate", Bench.form());
    String use = thief.tell(bench.two(), "ours/use", Bench.form());
    boolean kept = person.tell(bench.two(), "ours/use", Bench.form()).equals("alive");
    return new Report.Dot(
        !use.equals("reported") || !kept,
        "the old id is " + use + ", the new one " + (kept ? "goes on" : "is lost"));
  }
}
