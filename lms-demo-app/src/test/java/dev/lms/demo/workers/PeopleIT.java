// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P2 with the shipped jar, two processes: all sample people and a stranger ask for random pages in
 * random order on random workers. Their display names are the canaries.
 */
class PeopleIT {
  private static final int REQUESTS = 300;
  private static final Pattern NAME =
      Pattern.compile("<span data-testid=\"user-name\">([^<]*)</span>");
  private static final Pattern COURSE = Pattern.compile("href=\"/course/(\\w+)/view\"");

  private static Optional<String> nameOn(String page) {
    Matcher name = NAME.matcher(page);
    return name.find() ? Optional.of(name.group(1)) : Optional.empty();
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "MACHINES"})
  void everybodySeesTheirOwnNameAndNobodyElses(Backend.Kind kind) {
    Backend site = Backend.shared(kind);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<String, Browser> people = new TreeMap<>();
    List<String> usernames = new ArrayList<>(List.of("instructor", "lms-admin"));
    for (int i = 1; i <= 9; i++) {
      usernames.add("student" + i);
    }
    // Teachers are named on the pages of their courses; all others in their own menu only.
    Set<String> secret = new HashSet<>();
    for (String username : usernames) {
      Browser person = new Browser(site.one().uri("/"));
      assertEquals(303, person.signIn(username).status());
      String name = nameOn(person.get("/user/account").body()).orElseThrow();
      people.put(name, person);
      if (username.startsWith("student")) {
        secret.add(name);
      }
    }
    assertEquals(11, people.size(), "every name is another");
    Browser stranger = new Browser(site.one().uri("/"));
    people.put("", stranger);
    List<String> names = List.copyOf(people.keySet());
    List<String> paths = paths(stranger);
    int hits = 0;
    for (int i = 0; i < REQUESTS; i++) {
      String name = names.get(random.nextInt(names.size()));
      WorkerProcess worker = random.nextBoolean() ? site.one() : site.two();
      String path = paths.get(random.nextInt(paths.size()));
      Browser.Answer answer = people.getOrDefault(name, stranger).on(worker.uri("/")).get(path);
      String what = "seed " + seed + ": \"" + name + "\" got " + path + ", " + answer.headers();
      if (answer.status() == 303) {
        assertEquals("", name, what);
      } else {
        assertEquals(name, nameOn(answer.body()).orElse(""), what);
      }
      for (String other : secret) {
        assertTrue(other.equals(name) || !answer.body().contains(other), other + ", " + what);
      }
      if (answer.header("cache-status").startsWith("lms; hit")) {
        hits++;
      }
    }
    assertTrue(hits > REQUESTS / 10, hits + " hits, seed " + seed);
  }

  private static List<String> paths(Browser stranger) {
    List<String> paths =
        new ArrayList<>(
            List.of("/", "/home", "/course/explore?page=2", "/program/explore", "/user/account"));
    Matcher courses = COURSE.matcher(stranger.get("/course/explore").body());
    for (int i = 0; i < 3 && courses.find(); i++) {
      paths.add("/course/" + courses.group(1) + "/view");
      paths.add("/course/" + courses.group(1) + "/take");
    }
    assertTrue(paths.size() > 8, paths.toString());
    return paths;
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "MACHINES"})
  void fiftyColdSignInFormsCarryFiftyTokens(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Set<String> tokens = new HashSet<>();
    Set<String> cookies = new HashSet<>();
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Browser.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(
            threads.submit(
                () -> {
                  Browser visitor = new Browser(site.one().uri("/"));
                  start.await();
                  return visitor.get("/user/login");
                }));
      }
      start.countDown();
      for (Future<Browser.Answer> answer : answers) {
        tokens.add(answer.get(60, TimeUnit.SECONDS).token());
        cookies.add(answer.get().header("set-cookie"));
      }
    }
    assertEquals(50, tokens.size());
    assertEquals(50, cookies.size());
    assertFalse(cookies.contains(""));
  }
}
