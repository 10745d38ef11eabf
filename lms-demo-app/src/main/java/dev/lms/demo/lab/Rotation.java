package dev.lms.demo.lab;

import java.util.ArrayList;
import java.util.List;

/** Somebody else knows the id of a session from before its person signs in. */
final class Rotation implements Experiment {
  private static final int ROUNDS = 3;

  @Override
  public String id() {
    return "rotation";
  }

  @Override
  public Report run(Bench bench) {
    List<Report.Dot> naive = new ArrayList<>();
    List<Report.Dot> ours = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      naive.add(naive(bench, "planted-" + bench.run() + "-" + i));
      ours.add(ours(bench));
    }
    String label = "With the id from before the sign-in";
    return new Report(List.of(new Report.Row(label, naive)), List.of(new Report.Row(label, ours)));
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
    return new Report.Dot(!seen.menu().isEmpty(), "the thief sees: " + seen.says());
  }
}
