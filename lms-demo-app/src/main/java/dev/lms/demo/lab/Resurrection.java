// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.ArrayList;
import java.util.List;

/** A slow request reads a session, its person signs out elsewhere, and the request writes. */
final class Resurrection implements Experiment {
  private static final int ROUNDS = 3;

  @Override
  public String id() {
    return "resurrection";
  }

  @Override
  public Report run(Bench bench) {
    List<Report.Dot> naive = new ArrayList<>();
    List<Report.Dot> ours = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      naive.add(naive(bench, bench.run() + "-" + i));
      ours.add(ours(bench, "slow-" + bench.run() + i));
    }
    String label = "After the sign-out, with the cookie from before it";
    return new Report(List.of(new Report.Row(label, naive)), List.of(new Report.Row(label, ours)));
  }

  private static Report.Dot naive(Bench bench, String id) {
    bench.tell(bench.one(), "naive/put", "id", id, "key", "user", "value", "student1");
    String gate = "slow-naive" + id;
    bench.overtake(
        bench.one(),
        gate,
        () ->
            bench.tell(
                bench.one(), "naive/put", "id", id, "key", "seen", "value", "now", "gate", gate),
        () -> bench.tell(bench.two(), "naive/end", "id", id));
    String user = bench.tell(bench.two(), "naive/read", "id", id, "key", "user");
    return new Report.Dot(
        !user.isEmpty(), user.isEmpty() ? "signed out" : user + " is signed in again");
  }

  private static Report.Dot ours(Bench bench, String gate) {
    Person person = bench.person();
    person.signIn(bench.one(), "student1");
    Person before = person.thief();
    String outcome =
        bench.overtake(
            bench.one(),
            gate,
            () ->
                before.tell(
                    bench.one(),
                    "ours/put",
                    Bench.form("key", "lab-seen", "value", "now", "gate", gate)),
            () -> person.signOut(bench.two()));
    Seen seen = before.look(bench.two(), NaiveSite.PAGE);
    return new Report.Dot(
        seen.greets(), "the slow request was told: " + outcome + "; " + seen.says());
  }
}
