// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G11 and P2 with two workers of the shipped jar, of which one is cut off for longer. */
class PassportIT {
  private static final String SIGN_IN = "<a href=\"/user/login\"";
  private static final String BANNER = "We cannot check who you are just now";

  /** So many that each worker's breaker is open afterwards. */
  private static final int AT_ONCE = 6;

  @TempDir Path folder;
  private RedisServer redis;
  private ParkingProxy network;
  private WorkerProcess one;
  private WorkerProcess two;

  @BeforeEach
  void start() throws IOException {
    redis = RedisServer.start();
    network = new ParkingProxy(redis.port());
    one = worker(network.url());
    two = worker(redis.url());
  }

  private WorkerProcess worker(String url) {
    return WorkerProcess.serve(
        Map.of(
            "SESSION_REDIS_URL",
            url,
            "SESSION_PASSPORT",
            "300",
            "LMS_DATA_DIR",
            folder.resolve("data").toString()));
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    network.close();
    redis.close();
  }

  private Browser signedIn(String name) {
    Browser person = new Browser(one.uri("/"));
    assertEquals(303, person.signIn(name).status());
    assertEquals(Set.of("session", "session-passport"), person.cookies().keySet());
    return person;
  }

  private static String name(String name) {
    return "<span data-testid=\"user-name\">" + name + "</span>";
  }

  private static void assertReadsOn(String name, Browser.Answer page) {
    assertEquals(200, page.status(), page.body());
    assertTrue(page.body().contains(name(name)), page.body());
    assertTrue(page.body().contains(BANNER), page.body());
    assertEquals("no-store", page.header("cache-control"));
    assertEquals("", page.header("set-cookie"));
  }

  private static void assertIsNobody(Browser.Answer page) {
    assertEquals(200, page.status(), page.body());
    assertTrue(page.body().contains(SIGN_IN), page.body());
    assertFalse(page.body().contains(BANNER), page.body());
  }

  /** The first to ask wait for two seconds, all together. */
  private static void open(List<Browser> browsers) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Browser.Answer>> pages = new ArrayList<>();
      for (Browser browser : browsers) {
        for (int i = 0; i < AT_ONCE; i++) {
          pages.add(threads.submit(() -> browser.get("/course/explore?page=2")));
        }
      }
      for (Future<Browser.Answer> page : pages) {
        assertReadsOn("Alice Marlow", page.get(60, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void peopleReadOnInAnOutageAndWhoHasEndedDoesUntilItIsOver() throws Exception {
    Browser student = signedIn("student1");
    String token = student.get("/user/account").token();
    assertEquals(303, student.post("/course/py101/enroll", Map.of("csrf_token", token)).status());
    String before = student.get("/").body();
    assertFalse(before.contains(BANNER));
    Browser onTwo = student.on(two.uri("/"));
    Browser thief = student.copy();
    Browser other = signedIn("student2");
    Browser stale = other.copy();
    assertEquals(303, other.signOut().status());
    assertEquals(Set.of(), other.cookies().keySet());

    WorkerProcess.signal(redis.process(), "STOP");
    open(List.of(student, onTwo));
    for (String path :
        List.of("/", "/course/explore", "/course/py101/view", "/course/py101/take")) {
      assertReadsOn("Alice Marlow", student.get(path));
      assertReadsOn("Alice Marlow", onTwo.get(path));
    }
    Browser.Answer uncached = onTwo.get("/program/explore");
    assertEquals("lms; fwd=miss; detail=auth/assumed", uncached.header("cache-status"));
    assertEquals(
        uncached.header("cache-status"), onTwo.get("/program/explore").header("cache-status"));
    assertEquals(503, student.get("/user/account").status());
    for (String path : List.of("/course/py101/leave", "/course/py101/enroll")) {
      assertEquals(503, student.post(path, Map.of("csrf_token", token)).status(), path);
    }
    // Signed out before the outage: a client that keeps its cookies is believed until it is over.
    assertReadsOn("Bruno Keller", stale.get("/"));
    Browser forged = stale.copy();
    forged.cookies().put("session-passport", thief.cookies().get("session-passport"));
    assertEquals(503, forged.get("/course/py101/take").status(), "another session's");
    Browser.Answer signOut = student.post("/user/logout", Map.of("csrf_token", token));
    assertEquals(503, signOut.status());
    assertEquals(Set.of("session"), student.cookies().keySet());
    assertFalse(student.get("/").body().contains(name("Alice Marlow")), "not on this screen");

    // Worker one stays cut off. On the other the session is ended, by its own person.
    network.delayAnswers(Duration.ofSeconds(10));
    WorkerProcess.signal(redis.process(), "CONT");
    two.await(() -> !onTwo.get("/").body().contains(BANNER), "recovery of worker two");
    assertTrue(onTwo.get("/").body().contains(name("Alice Marlow")), "still signed in");
    assertIsNobody(stale.copy().on(two.uri("/")).get("/"));
    assertEquals(303, onTwo.signOut().status());
    assertIsNobody(thief.copy().on(two.uri("/")).get("/"));
    assertReadsOn("Alice Marlow", thief.get("/"));
    assertReadsOn("Alice Marlow", thief.get("/course/py101/take"));
    network.delayAnswers(Duration.ZERO);
    one.await(() -> !thief.copy().get("/").body().contains(BANNER), "recovery of worker one");
    assertIsNobody(thief.get("/"));
    assertEquals(Set.of(), thief.cookies().keySet(), "whoever obeys forgets both");
    Browser stranger = new Browser(one.uri("/"));
    assertIsNobody(stranger.get("/program/explore"));
    Browser back = signedIn("student1");
    Browser.Answer page = back.get("/program/explore");
    assertTrue(page.header("cache-status").contains("fwd=miss; stored"), "nothing was left behind");
    assertFalse(page.body().contains(BANNER));
  }
}
