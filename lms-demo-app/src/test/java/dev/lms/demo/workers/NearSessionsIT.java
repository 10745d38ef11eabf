// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/**
 * Copies of sessions in two processes with the shipped jar: what one has ended or changed, the
 * other, which had a copy a moment before, does not answer from it.
 */
class NearSessionsIT {
  private static final int ROUNDS = 15;
  private static final int STOPS = 4;
  private static final String SIGNED_IN = "data-testid=\"user-name\"";
  private static final Pattern READS = Pattern.compile("(?m)^lms_session_copy_reads_total (\\S+)$");

  private static final Pattern GETS = Pattern.compile("(?m)^cmdstat_get:calls=(\\d+),");
  private static final int READS_OF_PAGES = 100;

  private final Backend site = Backend.shared(Backend.Kind.REDIS);

  private double copiesReadByTwo() {
    Matcher reads = READS.matcher(new Browser(site.two().uri("/")).get("/metrics").body());
    assertTrue(reads.find(), "the figure is there");
    return Double.parseDouble(reads.group(1));
  }

  /** Signed in on the first, and so often seen on the second that it has a copy. */
  private Browser copied(String username) {
    Browser onOne = new Browser(site.one().uri("/"));
    assertEquals(303, onOne.signIn(username).status());
    Browser onTwo = onOne.on(site.two().uri("/"));
    double before = copiesReadByTwo();
    WorkerProcess.eventually(
        () -> {
          assertTrue(onTwo.get("/").body().contains(SIGNED_IN));
          return copiesReadByTwo() > before;
        },
        "a copy");
    assertTrue(onTwo.get("/").body().contains(SIGNED_IN));
    return onOne;
  }

  @Test
  void whoSignsOutOnOneWorkerIsSignedOutOnTheOther() {
    for (int i = 0; i < ROUNDS; i++) {
      Browser onOne = copied("student" + (1 + i % 9));
      Browser thief = onOne.copy().on(site.two().uri("/"));
      assertEquals(303, onOne.signOut().status());
      assertFalse(thief.get("/").body().contains(SIGNED_IN), "round " + i);
    }
  }

  /** It hears of the end and of the request at the same time, and must not need the first. */
  @Test
  void aWorkerThatWasStoppedMeanwhileDoesNotUseItsCopy() throws Exception {
    for (int i = 0; i < STOPS; i++) {
      Browser onOne = copied("student" + (1 + i % 9));
      Browser thief = onOne.copy().on(site.two().uri("/"));
      String token = onOne.get("/user/account").token();
      assertTrue(thief.get("/").body().contains(SIGNED_IN));
      WorkerProcess.signal(site.two().handle(), "STOP");
      try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
        assertEquals(303, onOne.post("/user/logout", Map.of("csrf_token", token)).status());
        Future<Browser.Answer> late = thread.submit(() -> thief.get("/"));
        WorkerProcess.signal(site.two().handle(), "CONT");
        assertFalse(late.get(60, TimeUnit.SECONDS).body().contains(SIGNED_IN), "round " + i);
      } finally {
        WorkerProcess.signal(site.two().handle(), "CONT");
      }
    }
  }

  @Test
  void copiesAreKeptUnlessTheSettingSaysNo() {
    assertTrue(site.one().output().contains(", with copies in each worker (SESSION_NEAR)"));
    long kept = readsOf(site, copied("student1"));
    try (Backend without = new Backend(Backend.Kind.REDIS, 1, Map.of("SESSION_NEAR", "false"))) {
      assertFalse(without.one().output().contains("SESSION_NEAR"));
      Browser browser = new Browser(without.one().uri("/"));
      assertEquals(303, browser.signIn("student1").status());
      assertTrue(browser.get("/").body().contains(SIGNED_IN));
      long far = readsOf(without, browser);
      assertTrue(far >= READS_OF_PAGES && kept < far, kept + " reads with copies, " + far);
      assertFalse(browser.get("/metrics").body().contains("lms_session_copy_reads_total"));
    }
  }

  /** How often Redis is asked for a session while so many pages are read. */
  private static long readsOf(Backend backend, Browser browser) {
    try (Jedis admin = backend.redis().orElseThrow().jedis()) {
      long before = gets(admin);
      for (int i = 0; i < READS_OF_PAGES; i++) {
        assertTrue(browser.get("/").body().contains(SIGNED_IN));
      }
      return gets(admin) - before;
    }
  }

  private static long gets(Jedis admin) {
    Matcher calls = GETS.matcher(admin.info("commandstats"));
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "session revoke --yes --user student9",
        "user disable student9",
        "session purge --yes"
      })
  void whatACommandEndsHasEndedOnEveryWorker(String command) throws Exception {
    Browser onOne = copied("student9");
    Browser onTwo = onOne.copy().on(site.two().uri("/"));
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      // So that there is a copy when the command comes.
      Future<?> reading =
          thread.submit(
              () -> {
                while (!over.get()) {
                  onTwo.get("/");
                }
              });
      WorkerProcess.Finished ended = WorkerProcess.run(site.environment(), command.split(" ", -1));
      String page = onTwo.get("/").body();
      over.set(true);
      assertEquals(0, ended.exitCode(), ended.errors());
      assertFalse(page.contains(SIGNED_IN));
      reading.get(60, TimeUnit.SECONDS);
    } finally {
      over.set(true);
      WorkerProcess.run(site.environment(), "user", "enable", "student9");
    }
    assertFalse(onOne.get("/").body().contains(SIGNED_IN));
  }
}
