// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.session.SessionStore;
import dev.lms.session.file.FileSessionStore;
import java.util.ArrayList;
import java.util.List;

/** A sign-in of somebody who has many sessions, and the list of these. */
final class OnePerson {
  private static final String GROUP = "One person's sessions";
  private static final String LISTED = "List of one person's sessions, Redis";
  private static final String OVER = "sessions";
  private static final String REDIS = "one more sign-in, Redis";
  private static final String INSIDE = "one more sign-in, inside Redis";
  private static final String FILES = "one more sign-in, files";
  private static final String LIST = "first page of the list";
  private static final double LIMIT = 1.5;

  /** How many people sign in at one size, where one more session would make a difference. */
  private static final int PEOPLE = 20;

  private static final int BATCHES = 10;

  private OnePerson() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    turns.curve(GROUP, REDIS, OVER, "us");
    turns.curve(GROUP, INSIDE, OVER, "us");
    turns.curve(GROUP, FILES, OVER, "us");
    turns.curve(LISTED, LIST, OVER, "us");
    try (Redis redis = new Redis();
        Folder folder = Folder.create();
        SessionStore files =
            FileSessionStore.open(folder.path().resolve("sessions"), Visits.KEYS)) {
      Visits inRedis = new Visits(redis.store());
      Visits inFiles = new Visits(files);
      int reached = 0;
      for (int size : scale.personSessions()) {
        List<String> people = fill(inRedis, size, scale, size);
        turns.at(REDIS, size, signIns(inRedis, people, scale));
        turns.at(INSIDE, size, inside(redis, inRedis, people));
        turns.at(LIST, size, Work.repeated(scale.batch(), () -> inRedis.list(people.get(0))));
        // What a person has in files grows slowly where every sign-in looks at all of it.
        List<String> others = new ArrayList<>();
        int made = fill(inFiles, size, scale, others);
        if (made > reached) {
          reached = made;
          turns.at(FILES, made, signIns(inFiles, others, scale));
        }
        if (made < size) {
          findings.missing(
              "One person's sessions in files were filled for %d s: %d of %d fitted"
                  .formatted(scale.patience().toSeconds() / 2, made, size));
        }
      }
      findings.measure(turns, scale, redis);
    }
    findings.growth(REDIS, LIMIT);
    findings.growth(INSIDE, LIMIT);
    findings.growth(FILES, LIMIT);
    findings.growth(LIST, null);
  }

  private static List<String> fill(Visits visits, int size, Scale scale, int expected)
      throws Exception {
    List<String> people = new ArrayList<>();
    int made = fill(visits, size, scale, people);
    if (made < expected) {
      throw new IllegalStateException("Redis is too slow to be filled");
    }
    return people;
  }

  /** How many sessions each of these people has then. */
  private static int fill(Visits visits, int size, Scale scale, List<String> people)
      throws Exception {
    int count = size < PEOPLE ? PEOPLE : 1;
    for (int i = 0; i < count; i++) {
      people.add("student-" + size + '-' + i);
    }
    int made =
        Filling.fill(
            size * count,
            scale.patience().dividedBy(2),
            number -> visits.signIn(people.get(number % count), Visits.DATA));
    return made / count;
  }

  private static Work signIns(Visits visits, List<String> people, Scale scale) {
    return Work.timed(
        scale.batch(),
        () -> {
          List<String> cookies = new ArrayList<>();
          long start = System.nanoTime();
          for (String person : people) {
            cookies.add(visits.signIn(person, Visits.DATA));
          }
          long nanos = System.nanoTime() - start;
          cookies.forEach(visits::end);
          return nanos / people.size();
        });
  }

  private static Work inside(Redis redis, Visits visits, List<String> people) {
    return () -> {
      double cost = 0;
      for (int batch = 0; batch < BATCHES; batch++) {
        List<String> cookies = new ArrayList<>();
        cost +=
            redis.inside(
                PEOPLE * BATCHES,
                () -> {
                  for (int i = 0; i < PEOPLE; i++) {
                    cookies.add(visits.signIn(people.get(i % people.size()), Visits.DATA));
                  }
                });
        cookies.forEach(visits::end);
      }
      return cost;
    };
  }
}
