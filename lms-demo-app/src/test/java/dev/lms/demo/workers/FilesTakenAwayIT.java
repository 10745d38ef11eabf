// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a person or a temp cleaner takes away from running workers. */
class FilesTakenAwayIT {
  private static final int EACH = 150;

  private static Path data(Backend site) {
    return Path.of(Objects.requireNonNull(site.environment().get("LMS_DATA_DIR")));
  }

  private static int ready(Browser browser) {
    return browser.get("/readyz").status();
  }

  private static void deleteAll(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** G2: a worker that starts after that would lock another file than the one that runs. */
  @Test
  void withoutTheLockFileNoIncrementIsLost() throws Exception {
    try (Backend site = new Backend(Backend.Kind.FILE, 1)) {
      Browser onOne = new Browser(site.one().uri("/"));
      assertEquals(303, onOne.signIn("student1").status());
      Files.delete(data(site).resolve("sessions").resolve("lock"));
      try (WorkerProcess second = WorkerProcess.serve(site.environment());
          ExecutorService threads = Executors.newFixedThreadPool(4)) {
        List<Future<Integer>> counted = new ArrayList<>();
        for (Browser browser :
            List.of(onOne, onOne, onOne.on(second.uri("/")), onOne.on(second.uri("/")))) {
          counted.add(threads.submit(() -> count(browser)));
        }
        int stored = 0;
        for (Future<Integer> one : counted) {
          stored += one.get(120, TimeUnit.SECONDS);
        }
        String counter =
            JsonParser.parseString(onOne.get("/debug/session").body())
                .getAsJsonObject()
                .getAsJsonObject("session_data")
                .get("n")
                .getAsString();
        assertEquals(4 * EACH, stored);
        assertEquals(Integer.toString(stored), counter);
      }
    }
  }

  private static int count(Browser browser) {
    int stored = 0;
    for (int i = 0; i < EACH; i++) {
      Browser.Answer answer = browser.post("/debug/session/add", Map.of("key", "n", "delta", "1"));
      stored += answer.status() == 200 ? 1 : 0;
    }
    return stored;
  }

  @Test
  void withoutTheFolderPeopleSignInAnew() throws Exception {
    try (Backend site = new Backend(Backend.Kind.FILE, 1)) {
      Browser browser = new Browser(site.one().uri("/"));
      assertEquals(303, browser.signIn("student1").status());
      deleteAll(data(site).resolve("sessions"));
      // Whoever looks while only some of it is gone yet meets an outage.
      assertEquals(200, eventuallyReady(browser));
      assertFalse(browser.get("/").body().contains("data-testid=\"user-menu\""));
      assertEquals(303, browser.signIn("student1").status());
      assertTrue(browser.get("/").body().contains("data-testid=\"user-menu\""));
      // What cannot be made anew is an outage that the balancer is told of.
      deleteAll(data(site).resolve("sessions"));
      Files.createFile(data(site).resolve("sessions"));
      assertEquals(503, ready(browser));
      Files.delete(data(site).resolve("sessions"));
      assertEquals(200, eventuallyReady(browser));
    }
  }

  /** The breaker in front of the store lets a probe through each second. */
  private static int eventuallyReady(Browser browser) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int status = ready(browser);
    while (status != 200 && System.nanoTime() - giveUp < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      status = ready(browser);
    }
    return status;
  }

  /** G1: an empty list would let in everybody who has signed out. */
  @Test
  void withoutTheRevocationListNobodyIsLetInAgain() throws Exception {
    try (Backend site = new Backend(Backend.Kind.COOKIE, 1)) {
      Browser browser = new Browser(site.one().uri("/"));
      assertEquals(303, browser.signIn("student1").status());
      Browser thief = browser.copy();
      assertEquals(303, browser.signOut().status());
      Path list = data(site).resolve("revoked");
      Path away = Files.move(list, data(site).resolve("away"));
      assertEquals(503, thief.get("/user/account").status());
      assertEquals(503, ready(thief));
      WorkerProcess.Finished start = WorkerProcess.run(site.environment(), "serve");
      assertEquals(1, start.exitCode());
      assertTrue(start.errors().contains(list + " is gone"), start.errors());
      Files.createDirectory(list);
      assertEquals(503, thief.get("/user/account").status());
      Files.delete(list);
      Files.move(away, list);
      assertEquals(200, eventuallyReady(thief));
      assertFalse(thief.get("/").body().contains("data-testid=\"user-menu\""));
    }
  }

  /** Whoever starts then has another key, or another database, than those who run. */
  @Test
  void withoutTheKeyOrTheDatabaseItIsNotReady() throws Exception {
    try (Backend site = new Backend(Backend.Kind.FILE, 1)) {
      Browser browser = new Browser(site.one().uri("/"));
      assertEquals(200, ready(browser));
      for (String name :
          List.of(
              "secret.key",
              "secret.key.lock",
              "lms.db",
              "lms.db-wal",
              "lms.db-shm",
              "lms.db-changes")) {
        Path file = data(site).resolve(name);
        assertTrue(Files.exists(file), file.toString());
        Path away = Files.move(file, data(site).resolve("away"));
        assertEquals(503, ready(browser), name);
        Files.createFile(file);
        assertEquals(503, ready(browser), name);
        Files.delete(file);
        Files.move(away, file);
        assertEquals(200, ready(browser), name);
      }
    }
  }
}
