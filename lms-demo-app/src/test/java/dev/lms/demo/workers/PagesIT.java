// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P1, P2 and P8, between two processes: with Redis, a Redis Cluster, and with files on one machine.
 */
class PagesIT {
  private static final String SIGN_IN = "<a href=\"/user/login\"";
  private static final Pattern NAME =
      Pattern.compile("<span data-testid=\"user-name\">([^<]*)</span>");

  private Browser visitor(WorkerProcess worker) {
    return new Browser(worker.uri("/"));
  }

  private static Optional<String> nameOn(String page) {
    Matcher name = NAME.matcher(page);
    return name.find() ? Optional.of(name.group(1)) : Optional.empty();
  }

  private static String aCourseOf(Browser instructor) {
    Matcher link =
        Pattern.compile("href=\"/course/(\\w+)/view\"")
            .matcher(instructor.get("/user/account").body());
    assertTrue(link.find(), "the instructor teaches a course");
    return link.group(1);
  }

  private static Browser.Answer edit(Browser instructor, String code, String title) {
    String token = instructor.get("/course/" + code + "/admin").token();
    return instructor.post(
        "/course/" + code + "/edit", Map.of("title", title, "csrf_token", token));
  }

  /**
   * An answer of which the cache says so: a worker whose Redis is late renders without it, and the
   * next answer is stored.
   */
  private static Browser.Answer await(Browser browser, String path, String status) {
    AtomicReference<Browser.Answer> answer = new AtomicReference<>();
    WorkerProcess.eventually(
        () -> {
          Browser.Answer asked = browser.get(path);
          assertEquals(200, asked.status());
          answer.set(asked);
          return asked.header("cache-status").matches(status);
        },
        path + " is answered with " + status);
    return answer.get();
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "MACHINES", "CLUSTER"})
  void strangersShareAPageWithoutACookie(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    String path = "/course/explore?tag=history";
    String stored = "lms; fwd=miss; stored; detail=anon";
    Browser.Answer first = await(visitor(site.one()), path, stored);
    assertTrue(first.body().contains(SIGN_IN));
    assertEquals("", first.header("set-cookie"));
    Browser.Answer second = await(visitor(site.one()), path, "lms; hit; ttl=\\d+; detail=anon");
    assertEquals(first.page(), second.page());
  }

  /** Whoever thinks of any number of addresses must not fill the cache with them. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "MACHINES"})
  void addressesThatAnybodyCanMakeUpAreNotAPageEach(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    for (String path :
        List.of(
            "/course/explore?tag=nothing-has-it",
            "/course/explore?tag=nothing-has-it&page=1",
            "/course/explore?page=999999",
            "/course/explore?page=0000001",
            "/course/explore?tag=java&tag=nothing-has-it",
            "/course/explore?page=1&page=2",
            "/course/explore?tag=java&page=77",
            "/course/none/view",
            "/program/none")) {
      for (int i = 0; i < 3; i++) {
        Browser.Answer answer = visitor(site.one()).get(path);
        assertEquals(
            path.endsWith("none/view") || path.endsWith("none") ? 404 : 200, answer.status());
        String status = answer.header("cache-status");
        assertFalse(status.contains("hit") || status.contains("stored"), path + ": " + status);
      }
    }
    String known = "/course/explore?tag=java&page=1&utm_source=a";
    await(visitor(site.one()), known, "lms; (hit|fwd=miss; stored);.*");
    await(visitor(site.one()), "/course/explore?page=1&tag=java", "lms; hit;.*");
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "MACHINES", "CLUSTER"})
  void nobodySeesAnothersPage(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    List<Browser> people = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      Browser person = visitor(i % 2 == 0 ? site.one() : site.two());
      assertEquals(303, person.signIn("student" + i).status());
      people.add(person);
      names.add(nameOn(person.get("/user/account").body()).orElseThrow());
    }
    Browser stranger = visitor(site.one());
    List<String> paths = List.of("/", "/course/explore", "/program/explore");
    List<Future<?>> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < people.size(); i++) {
          Browser person = people.get(i).on((round % 2 == 0 ? site.one() : site.two()).uri("/"));
          String name = names.get(i);
          String path = paths.get(round % paths.size());
          runs.add(
              threads.submit(
                  () -> {
                    String page = person.get(path).body();
                    assertEquals(Optional.of(name), nameOn(page));
                    assertFalse(page.contains(SIGN_IN));
                  }));
        }
        String path = paths.get(round % paths.size());
        runs.add(
            threads.submit(
                () -> {
                  String page = stranger.get(path).body();
                  assertEquals(Optional.empty(), nameOn(page));
                  assertTrue(page.contains(SIGN_IN));
                }));
      }
      for (Future<?> run : runs) {
        run.get(60, TimeUnit.SECONDS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.Kind.class)
  void afterSigningOutTheOldTagYieldsTheStrangersPage(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser browser = visitor(site.one());
    assertEquals(303, browser.signIn("student1").status());
    Browser.Answer page = browser.get("/");
    String tag = page.header("etag");
    assertEquals(304, browser.get("/", "If-None-Match", tag).status());
    assertEquals(303, browser.signOut().status());
    for (WorkerProcess worker : List.of(site.one(), site.two())) {
      Browser.Answer after = browser.on(worker.uri("/")).get("/", "If-None-Match", tag);
      assertEquals(200, after.status());
      assertTrue(after.body().contains(SIGN_IN));
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.Kind.class)
  void anEditOnOneWorkerShowsInTheNextRequestOnTheOther(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser instructor = visitor(site.one());
    assertEquals(303, instructor.signIn("instructor").status());
    Browser student = visitor(site.two());
    assertEquals(303, student.signIn("student1").status());
    String code = aCourseOf(instructor);
    String path = "/course/" + code + "/view";
    for (int round = 1; round <= 5; round++) {
      for (Browser browser : List.of(visitor(site.two()), student)) {
        assertEquals(200, browser.get(path).status());
        await(browser, path, "lms; hit;.*");
      }
      String title = "Edited for the " + round + ". time";
      assertEquals(303, edit(instructor, code, title).status());
      assertTrue(visitor(site.two()).get(path).body().contains(title), "anonymous, round " + round);
      assertTrue(student.get(path).body().contains(title), "signed in, round " + round);
      assertTrue(visitor(site.one()).get(path).body().contains(title), "on the same worker");
    }
  }

  /** P1 under load: what is seen is never older than the newest edit that had returned before. */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "MACHINES", "CLUSTER"})
  void noReaderSeesAnOlderPageThanThePurgeThatHadReturned(Backend.Kind kind) throws Exception {
    readWhileEditing(Backend.shared(kind), 40);
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "MACHINES", "CLUSTER"})
  @Tag("long")
  void noReaderSeesAnOlderPageInTwoThousandEdits(Backend.Kind kind) throws Exception {
    readWhileEditing(Backend.shared(kind), 2000);
  }

  private void readWhileEditing(Backend site, int edits) throws Exception {
    Browser instructor = visitor(site.one());
    assertEquals(303, instructor.signIn("instructor").status());
    Browser student = visitor(site.two());
    assertEquals(303, student.signIn("student2").status());
    String code = aCourseOf(instructor);
    String path = "/course/" + code + "/view";
    assertEquals(303, edit(instructor, code, "Version 0 of it").status());

    AtomicReference<Integer> returned = new AtomicReference<>(0);
    AtomicReference<Boolean> done = new AtomicReference<>(false);
    Pattern version = Pattern.compile("Version (\\d+) of it");
    List<Future<Integer>> readers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (int i = 0; i < 6; i++) {
        Browser reader = (i % 3 == 0 ? student : visitor(i % 2 == 0 ? site.one() : site.two()));
        readers.add(
            threads.submit(
                () -> {
                  int reads = 0;
                  while (!done.get() || reads < 10) {
                    int atLeast = returned.get();
                    Matcher seen = version.matcher(reader.get(path).body());
                    assertTrue(seen.find());
                    int shown = Integer.parseInt(seen.group(1));
                    assertTrue(shown >= atLeast, "saw " + shown + " after " + atLeast);
                    reads++;
                  }
                  return reads;
                }));
      }
      try {
        for (int i = 1; i <= edits; i++) {
          assertEquals(303, edit(instructor, code, "Version " + i + " of it").status());
          returned.set(i);
        }
      } finally {
        done.set(true);
      }
      for (Future<Integer> reader : readers) {
        assertTrue(reader.get(60, TimeUnit.SECONDS) >= 10);
      }
    }
  }
}
