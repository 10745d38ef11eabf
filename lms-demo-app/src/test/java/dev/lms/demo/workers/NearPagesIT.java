// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import redis.clients.jedis.Jedis;

/** P1 and P6 between two processes that hold near copies of pages in a Redis for pages only. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NearPagesIT {
  private static final String CODE = "py101";
  private static final String PATH = "/course/" + CODE + "/view";

  private RedisServer redis;
  private Backend site;
  private Browser instructor;
  private String token = "";

  @BeforeAll
  void start() {
    redis = RedisServer.start();
    site = new Backend(Backend.Kind.FILE, 2, Map.of("CACHE_REDIS_URL", redis.url()));
    instructor = new Browser(site.one().uri("/"));
    assertEquals(303, instructor.signIn("instructor").status());
    token = instructor.get("/course/" + CODE + "/admin").token();
  }

  @AfterAll
  void stop() {
    site.close();
    redis.close();
  }

  private int edit(String title) {
    return instructor
        .post("/course/" + CODE + "/edit", Map.of("title", title, "csrf_token", token))
        .status();
  }

  private static boolean isPurged(int status) {
    assertTrue(status == 303 || status == 503, "status " + status);
    return status == 303;
  }

  private static String titleOn(WorkerProcess worker) {
    Browser.Answer page = new Browser(worker.uri("/")).get(PATH);
    assertEquals(200, page.status());
    Matcher title = Pattern.compile("<h1>([^<]*)</h1>").matcher(page.body());
    assertTrue(title.find(), page.body());
    return title.group(1);
  }

  /** Both workers have a copy and a lease: hits cost Redis less than one command each. */
  private void warm() {
    try (Jedis jedis = redis.jedis()) {
      for (WorkerProcess worker : List.of(site.one(), site.two())) {
        Browser browser = new Browser(worker.uri("/"));
        WorkerProcess.eventually(
            () -> {
              long before = scriptRuns(jedis);
              for (int i = 0; i < 100; i++) {
                browser.get(PATH);
              }
              return scriptRuns(jedis) - before < 80;
            },
            "near hits");
      }
    }
  }

  private static long scriptRuns(Jedis jedis) {
    return jedis
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_evalsha:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+),.*", "$1")))
        .sum();
  }

  private static void signal(String name, ProcessHandle process) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
      assertTrue(kill.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, kill.exitValue(), name);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  void anEditShowsOnBothAlthoughBothHoldCopies() {
    for (int round = 1; round <= 3; round++) {
      warm();
      assertEquals(303, edit("Near " + round));
      assertEquals("Near " + round, titleOn(site.two()));
      assertEquals("Near " + round, titleOn(site.one()));
    }
  }

  @Test
  void aStoppedWorkerDelaysAPurgeNoLongerThanItsLeaseAndServesNothingOldWhenItGoesOn() {
    for (int round = 1; round <= 3; round++) {
      warm();
      signal("STOP", site.two().handle());
      try {
        assertEquals(303, edit("Stopped " + round));
      } finally {
        signal("CONT", site.two().handle());
      }
      assertEquals("Stopped " + round, titleOn(site.two()));
      assertEquals("Stopped " + round, titleOn(site.one()));
    }
  }

  @Test
  void aPurgeThatCannotReachRedisFailsVisiblyAndLeavesNothingOld() {
    warm();
    signal("STOP", redis.process());
    try {
      assertEquals(503, edit("Stored, but not purged"));
      WorkerProcess.eventually(
          () -> titleOn(site.two()).equals("Stored, but not purged"),
          "pages are rendered meanwhile");
    } finally {
      signal("CONT", redis.process());
    }
    WorkerProcess.eventually(() -> isPurged(edit("Purged again")), "Redis is reached again");
    assertEquals("Purged again", titleOn(site.two()));
    assertEquals("Purged again", titleOn(site.one()));
  }

  @Test
  void whileRedisIsStoppedAPageIsRenderedOnceForEachChangeOfTheDatabase() {
    warm();
    signal("STOP", redis.process());
    try {
      for (int round = 1; round <= 3; round++) {
        assertEquals(503, edit("Meanwhile " + round));
        for (WorkerProcess worker : List.of(site.two(), site.one())) {
          assertEquals("Meanwhile " + round, titleOn(worker));
          Browser.Answer again = new Browser(worker.uri("/")).get(PATH);
          assertTrue(again.header("cache-status").startsWith("lms; hit; "), again.toString());
          assertEquals("Meanwhile " + round, titleOn(worker));
        }
      }
    } finally {
      signal("CONT", redis.process());
    }
  }

  @Test
  void anEditAfterRedisForgotEverythingShowsOnBoth() {
    for (int round = 1; round <= 3; round++) {
      warm();
      try (Jedis jedis = redis.jedis()) {
        jedis.flushAll();
      }
      assertEquals(303, edit("Flushed " + round));
      assertEquals("Flushed " + round, titleOn(site.two()));
      assertEquals("Flushed " + round, titleOn(site.one()));
    }
  }

  /** What is seen is never older than the newest edit that had returned before. */
  @Test
  void noReaderSeesAnOlderPageWhateverStops() throws Exception {
    readWhileEditing(25);
  }

  @Test
  @Tag("long")
  void noReaderSeesAnOlderPageInManyEditsWhateverStops() throws Exception {
    readWhileEditing(600);
  }

  private void readWhileEditing(int edits) throws Exception {
    assertEquals(303, edit("Version 0"));
    AtomicInteger returned = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    List<Future<Integer>> readers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      for (int i = 0; i < 4; i++) {
        WorkerProcess worker = i % 2 == 0 ? site.one() : site.two();
        readers.add(
            threads.submit(
                () -> {
                  int reads = 0;
                  while (!done.get()) {
                    int atLeast = returned.get();
                    int shown = Integer.parseInt(titleOn(worker).replaceAll("\\D", ""));
                    assertTrue(shown >= atLeast, "saw " + shown + " after " + atLeast);
                    reads++;
                  }
                  return reads;
                }));
      }
      Future<?> trouble = threads.submit(() -> makeTrouble(done));
      try {
        for (int i = 1; i <= edits; i++) {
          int status = edit("Version " + i);
          if (status == 303) {
            returned.set(i);
          } else {
            assertEquals(503, status);
          }
        }
      } finally {
        done.set(true);
      }
      trouble.get(60, TimeUnit.SECONDS);
      for (Future<Integer> reader : readers) {
        assertTrue(reader.get(60, TimeUnit.SECONDS) > 0);
      }
    }
    assertTrue(returned.get() > edits / 2, "too few edits succeeded to prove anything");
  }

  private Void makeTrouble(AtomicBoolean done) throws InterruptedException {
    Random random = new Random();
    try (Jedis jedis = redis.jedis()) {
      while (!done.get()) {
        switch (random.nextInt(3)) {
          case 0 -> jedis.flushAll();
          case 1 -> jedis.scriptFlush();
          default -> {
            signal("STOP", site.two().handle());
            try {
              TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
            } finally {
              signal("CONT", site.two().handle());
            }
          }
        }
        TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1000));
      }
    }
    return null;
  }
}
