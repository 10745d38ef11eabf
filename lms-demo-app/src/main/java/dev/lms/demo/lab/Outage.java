// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One worker cannot reach the session store for a while; the other one can. */
final class Outage implements Experiment {
  private static final int LOOKS = 10;
  private static final int TRIES = 100;
  private static final int BETWEEN_TRIES_MS = 100;

  @Override
  public String id() {
    return "outage";
  }

  @Override
  public Report run(Bench bench) {
    Person person = bench.person();
    String name = person.signIn(bench.one(), "student1");
    String naive = NaiveSite.outagePath(bench.run());
    List<Report.Row> naiveRows = new ArrayList<>();
    List<Report.Row> ourRows = new ArrayList<>();
    try {
      bench.tell(bench.two(), "plug", "state", "out");
      try {
        String label = "A shared page, during the outage";
        naiveRows.add(looks(bench, person, label, naive));
        ourRows.add(looks(bench, person, label, NaiveSite.PAGE));
        ourRows.add(ofOneself(bench, person));
      } finally {
        bench.tell(bench.two(), "plug", "state", "in");
      }
      awaitRecovery(bench, person, name);
      String label = "Afterwards, without a restart";
      naiveRows.add(looks(bench, person, label, naive));
      ourRows.add(looks(bench, person, label, NaiveSite.PAGE));
      return new Report(naiveRows, ourRows);
    } finally {
      person.signOut(bench.one());
    }
  }

  /** Wrong is an offer to sign in to somebody who is signed in. */
  private static Report.Row looks(Bench bench, Person person, String label, String path) {
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 0; i < LOOKS; i++) {
      Seen seen = person.look(bench.two(), path);
      String says =
          seen.menu().equals(Seen.NO_MENU)
              ? "\"We cannot check who you are just now\""
              : seen.says();
      dots.add(new Report.Dot(seen.menu().isEmpty(), seen.status() + ", " + says));
    }
    return new Report.Row(label, dots);
  }

  private static Report.Row ofOneself(Bench bench, Person person) {
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 0; i < LOOKS; i++) {
      Seen seen = person.look(bench.two(), "/user/account");
      boolean closed = seen.status() == 503;
      dots.add(new Report.Dot(!closed, seen.status() + (closed ? ", with Retry-After" : "")));
    }
    return new Report.Row("A page of one's own, which fails closed", dots);
  }

  private static void awaitRecovery(Bench bench, Person person, String name) {
    try {
      for (int i = 0; i < TRIES; i++) {
        if (person.look(bench.two(), NaiveSite.PAGE).menu().equals(name)) {
          return;
        }
        // Nothing counts it down: a pause that ends when the thread is interrupted.
        if (new CountDownLatch(1).await(BETWEEN_TRIES_MS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
