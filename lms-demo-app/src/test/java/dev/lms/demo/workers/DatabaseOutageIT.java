// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.session.jdbc.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** G11 with the shipped jar: the PostgreSQL that keeps the sessions is paused and goes on. */
class DatabaseOutageIT {
  private static final int REQUESTS = 200;

  /** The site waits three seconds, and the rest is for busy processors; in turn, minutes. */
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private record Answered(int status, Duration after) {}

  private static Answered ask(Browser browser) {
    long asked = System.nanoTime();
    int status = browser.get("/debug/session").status();
    return new Answered(status, Duration.ofNanos(System.nanoTime() - asked));
  }

  @Test
  void aPausedDatabaseHoldsNobodyForLongAndCostsNobodyTheirSession() throws Exception {
    try (Backend site = new Backend(Backend.Kind.POSTGRES, 1)) {
      List<Browser> people = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        Browser person = new Browser(site.one().uri("/"));
        assertEquals(303, person.signIn("student" + i).status());
        people.add(person);
      }
      List<Map<String, String>> cookies =
          people.stream().map(person -> Map.copyOf(person.cookies())).toList();
      PostgresServer.shared().pause();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Answered>> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
          Browser browser = people.get(i % people.size()).copy();
          answers.add(threads.submit(() -> ask(browser)));
        }
        for (Future<Answered> each : answers) {
          Answered answer = each.get(60, TimeUnit.SECONDS);
          assertEquals(503, answer.status());
          assertTrue(answer.after().compareTo(AT_MOST) < 0, "waited for " + answer.after());
        }
        Answered next = ask(people.getFirst());
        assertEquals(503, next.status());
        assertEquals(503, new Browser(site.one().uri("/")).get("/readyz").status());
      } finally {
        PostgresServer.shared().resume();
      }
      site.one()
          .await(
              () -> ask(people.getFirst()).status() == 200, "an answer again, without a restart");
      for (int i = 0; i < people.size(); i++) {
        assertEquals(cookies.get(i), people.get(i).cookies(), "nobody's cookie was touched");
        assertTrue(
            people.get(i).get("/debug/session").body().contains("\"authenticated\":true"),
            "still signed in");
      }
    }
  }
}
