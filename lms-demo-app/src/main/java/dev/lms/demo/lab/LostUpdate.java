// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Two requests race on one session, on two workers: both read before either writes. */
final class LostUpdate implements Experiment {
  private static final int ROUNDS = 5;

  @Override
  public String id() {
    return "lost-update";
  }

  @Override
  public boolean needsMerging() {
    return true;
  }

  @Override
  public Report run(Bench bench) {
    Person person = bench.person();
    person.signIn(bench.one(), "student1");
    try {
      return new Report(
          List.of(
              attributes(bench, "naive", (w, what, fields) -> naive(bench, w, what, fields)),
              counter(bench, "naive", (w, what, fields) -> naive(bench, w, what, fields)),
              sameAttribute(bench, "naive", (w, what, fields) -> naive(bench, w, what, fields))),
          List.of(
              attributes(bench, "ours", (w, what, fields) -> ours(person, w, what, fields)),
              counter(bench, "ours", (w, what, fields) -> ours(person, w, what, fields)),
              sameAttribute(bench, "ours", (w, what, fields) -> ours(person, w, what, fields))));
    } finally {
      person.signOut(bench.one());
    }
  }

  /** Does something with a session. */
  private interface Side {
    String tell(LabWorker worker, String what, String... fields);
  }

  private static String naive(Bench bench, LabWorker worker, String what, String... fields) {
    List<String> all = new ArrayList<>(List.of("id", bench.run()));
    all.addAll(List.of(fields));
    // It has one way to write an attribute, whatever the rule.
    String how = what.equals("reject") ? "put" : what;
    return bench.tell(worker, "naive/" + how, all.toArray(String[]::new));
  }

  private static String ours(Person person, LabWorker worker, String what, String... fields) {
    return person.tell(worker, "ours/" + what, Bench.form(fields));
  }

  private static Report.Row attributes(Bench bench, String name, Side side) {
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      String gate = "attributes-" + name + bench.run() + i;
      String value = "round " + (i + 1);
      bench.race(
          gate,
          request(side, bench.one(), "put", gate, "lab-left", value),
          request(side, bench.two(), "put", gate, "lab-right", value));
      String left = side.tell(bench.one(), "read", "key", "lab-left");
      String right = side.tell(bench.two(), "read", "key", "lab-right");
      boolean lost = !left.equals(value) || !right.equals(value);
      dots.add(
          new Report.Dot(lost, lost ? "one of two changes is lost" : "both changes are there"));
    }
    return new Report.Row("Two attributes at the same time", dots);
  }

  private static Report.Row counter(Bench bench, String name, Side side) {
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      String gate = "counter-" + name + bench.run() + i;
      String key = "lab-count-" + i;
      bench.race(
          gate,
          request(side, bench.one(), "add", gate, key, ""),
          request(side, bench.two(), "add", gate, key, ""));
      String count = side.tell(bench.one(), "read", "key", key);
      dots.add(new Report.Dot(!count.equals("2"), "two visits were counted as " + count));
    }
    return new Report.Row("A counter", dots);
  }

  private static Report.Row sameAttribute(Bench bench, String name, Side side) {
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      String gate = "same-" + name + bench.run() + i;
      String key = "lab-seat-" + i;
      List<String> outcomes =
          bench.race(
              gate,
              request(side, bench.one(), "reject", gate, key, "window"),
              request(side, bench.two(), "reject", gate, key, "aisle"));
      boolean overwritten = !outcomes.contains("conflict");
      dots.add(
          new Report.Dot(
              overwritten,
              overwritten
                  ? "both were told that it is stored, and one is overwritten"
                  : "the second was told that it is too late"));
    }
    return new Report.Row("One attribute that nobody may overwrite unseen", dots);
  }

  private static Supplier<String> request(
      Side side, LabWorker worker, String what, String gate, String key, String value) {
    return () -> side.tell(worker, what, "gate", gate, "key", key, "value", value);
  }
}
