// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.workers.PageHistory.Version;
import dev.lms.session.redis.server.RedisServer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

/**
 * P1 in random histories: editors and readers on three workers that are stopped in the middle of
 * what they do, continued and killed, while Redis is stopped and forgets everything. The version a
 * reader sees is never older than the newest whose edit had been answered when the reader asked.
 */
class PageHistoryIT {
  /** Each with an editor; one more is edited by who disturbs. */
  private static final int COURSES = 3;

  private static final int READERS = 5;
  private static final Pattern VERSION = Pattern.compile("Version (\\d+) of it");

  @Test
  void noReaderIsBehindAnEdit() throws Exception {
    new Run(Backend.Kind.REDIS, 250, Seed.next()).judge();
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE"})
  @Tag("long")
  void noReaderIsBehindAnEditForLong(Backend.Kind kind) throws Exception {
    for (int round = 0; round < 5; round++) {
      new Run(kind, 10_000, Seed.next()).judge();
    }
  }

  /** All pages and purges, or only the purges. */
  static void forget(RedisServer server, Random random) {
    try (Jedis redis = server.jedis()) {
      if (random.nextBoolean()) {
        redis.flushAll();
      } else {
        redis.keys("cache:*purges*").forEach(redis::del);
      }
    }
  }

  private static final class Run {
    private final Backend.Kind kind;
    private final int reads;
    private final long seed;
    private final Queue<Version> edits = new ConcurrentLinkedQueue<>();
    private final Queue<Version> views = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();
    private int overtaken;
    private final List<String> courses = new ArrayList<>();
    private final List<Browser> people = new ArrayList<>();

    Run(Backend.Kind kind, int reads, long seed) {
      this.kind = kind;
      this.reads = reads;
      this.seed = seed;
    }

    void judge() throws Exception {
      System.out.println(kind + ": " + Seed.sentence(seed));
      // Sessions are in files: Redis may forget all it has and nobody is signed out.
      try (Backend site = new Backend(kind, 3, Map.of("SESSION_STORE", "file"))) {
        Browser instructor = new Browser(site.one().uri("/"));
        assertEquals(303, instructor.signIn("instructor").status());
        Browser.Answer account = instructor.get("/user/account");
        String token = account.token();
        Matcher links = Pattern.compile("href=\"/course/(\\w+)/view\"").matcher(account.body());
        while (courses.size() <= COURSES && links.find()) {
          courses.add(links.group(1));
        }
        assertEquals(COURSES + 1, courses.size(), "courses of the instructor");
        people.add(new Browser(site.one().uri("/")));
        for (String name : List.of("student1", "student2")) {
          Browser student = new Browser(site.two().uri("/"));
          assertEquals(303, student.signIn(name).status());
          people.add(student);
        }
        courses.forEach(course -> edit(instructor, site.two(), course, 0, token));
        try (ExecutorService threads = Executors.newFixedThreadPool(READERS + COURSES)) {
          List<Future<?>> actors = new ArrayList<>();
          for (int i = 0; i < READERS; i++) {
            Random random = new Random(seed + i);
            actors.add(threads.submit(() -> read(site, random)));
          }
          for (int i = 0; i < COURSES; i++) {
            String course = courses.get(i);
            Random random = new Random(seed - 2 - i);
            actors.add(threads.submit(() -> edit(site, instructor, course, token, random)));
          }
          disturb(site, instructor, token, new Random(seed - 1));
          for (Future<?> actor : actors) {
            actor.get(10, TimeUnit.MINUTES);
          }
        }
      }
      assertTrue(views.size() > reads / 2, "only " + views.size() + " pages were seen");
      assertTrue(edits.size() > 3 * COURSES, "only " + edits.size() + " edits were answered");
      assertTrue(overtaken > 0, "no purge returned while a worker with a copy was stopped");
      assertEquals(List.of(), new PageHistory(edits, views).violations(), Seed.sentence(seed));
    }

    private void read(Backend site, Random random) {
      while (asked.incrementAndGet() <= reads) {
        String course = courses.get(random.nextInt(courses.size()));
        Browser person = people.get(random.nextInt(people.size()));
        read(person, site.workers().get(random.nextInt(3)), course);
      }
    }

    private void read(Browser person, WorkerProcess worker, String course) {
      long start = System.nanoTime();
      try {
        Browser.Answer page = person.on(worker.uri("/")).copy().get("/course/" + course + "/view");
        Matcher version = VERSION.matcher(page.body());
        if (page.status() == 200 && version.find()) {
          int shown = Integer.parseInt(version.group(1));
          views.add(
              new Version(
                  course,
                  shown,
                  start,
                  System.nanoTime(),
                  "on " + worker.port() + " " + page.header("cache-status")));
        }
      } catch (UncheckedIOException e) {
        // Nothing was seen.
      }
    }

    /** One editor for each course, so that its versions have an order. */
    private void edit(
        Backend site, Browser instructor, String course, String token, Random random) {
      for (int version = 1; asked.get() < reads; version++) {
        edit(instructor, site.workers().get(random.nextInt(3)), course, version, token);
      }
    }

    /** An edit whose answer is not a success may be stored and not purged: nobody waits for it. */
    private boolean edit(
        Browser instructor, WorkerProcess worker, String course, int version, String token) {
      Map<String, String> form =
          Map.of("title", "Version " + version + " of it", "csrf_token", token);
      long start = System.nanoTime();
      try {
        Browser.Answer answer =
            instructor.on(worker.uri("/")).copy().post("/course/" + course + "/edit", form);
        if (answer.status() == 303) {
          edits.add(new Version(course, version, start, System.nanoTime(), "on " + worker.port()));
          return true;
        }
      } catch (UncheckedIOException e) {
        // Not answered.
      }
      return false;
    }

    /** A worker that is stopped parks the renders it is in the middle of. */
    private void disturb(Backend site, Browser instructor, String token, Random random) {
      int steps = Math.max(12, reads / 200);
      for (int step = 1; step < steps; step++) {
        int due = reads / steps * step;
        WorkerProcess.eventually(() -> asked.get() >= due, "the readers go on");
        if (step == steps / 2) {
          site.one().kill();
        } else if (step % 2 == 1) {
          editWhileOneIsStopped(site, instructor, token, step, random);
        } else if (site.redis().isEmpty() || random.nextInt(3) == 0) {
          WorkerProcess.hold(site.workers().get(1 + random.nextInt(2)).handle(), shortTime(random));
        } else if (random.nextBoolean()) {
          WorkerProcess.hold(site.redis().get().process(), shortTime(random));
        } else {
          forget(site.redis().get(), random);
        }
      }
    }

    /**
     * A worker that has a copy of a page is stopped before the page is edited. It goes on when the
     * purge has returned, and is asked for the page before it can hear any news from Redis.
     */
    private void editWhileOneIsStopped(
        Backend site, Browser instructor, String token, int version, Random random) {
      int stopped = 1 + random.nextInt(2);
      WorkerProcess worker = site.workers().get(stopped);
      WorkerProcess other = site.workers().get(3 - stopped);
      String course = courses.getLast();
      for (int i = 0; i < 3; i++) {
        read(people.getFirst(), worker, course);
      }
      WorkerProcess.signal(worker.handle(), "STOP");
      boolean returned;
      try {
        returned = edit(instructor, other, course, version, token);
        site.redis().ifPresent(redis -> WorkerProcess.signal(redis.process(), "STOP"));
      } finally {
        WorkerProcess.signal(worker.handle(), "CONT");
      }
      try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
        try {
          // Those who have no copy to rely on wait for Redis.
          readers.execute(() -> read(people.getFirst(), worker, course));
          readers.execute(() -> read(people.getLast(), worker, course));
          long until = System.nanoTime() + shortTime(random).toNanos();
          WorkerProcess.eventually(() -> System.nanoTime() > until, "time goes by");
        } finally {
          site.redis().ifPresent(redis -> WorkerProcess.signal(redis.process(), "CONT"));
        }
      }
      overtaken += returned ? 1 : 0;
    }

    private static Duration shortTime(Random random) {
      return Duration.ofMillis(50 + random.nextInt(250));
    }
  }
}
