// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** G11 with the shipped jar: Redis is paused under load and goes on. */
class OutageIT {
  private static final String SIGN_IN = "<a href=\"/user/login\"";
  private static final String USER_MENU = "data-testid=\"user-menu\"";
  private static final int VISITORS = 12;

  /** Only sessions are in Redis: what is shown of pages is about them. */
  private RedisServer redis;

  private WorkerProcess worker;

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    worker = WorkerProcess.serve(Map.of("SESSION_REDIS_URL", redis.url()));
  }

  @AfterEach
  void stop() {
    worker.close();
    redis.close();
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(redis.process().pid())).start();
    assertEquals(0, kill.waitFor());
  }

  private Browser visitor() {
    return new Browser(worker.uri("/"));
  }

  private double metric(String series) {
    String text = visitor().get("/metrics").body();
    Matcher line =
        Pattern.compile("^" + Pattern.quote(series) + " (\\S+)$", Pattern.MULTILINE).matcher(text);
    assertTrue(line.find(), text);
    return Double.parseDouble(line.group(1));
  }

  private static void assertFailsClosed(Browser.Answer answer) {
    assertEquals(503, answer.status(), answer.body());
    assertEquals("5", answer.header("retry-after"));
    assertEquals("no-store", answer.header("cache-control"));
    assertEquals("", answer.header("set-cookie"));
    assertTrue(answer.body().contains("is not available"), answer.body());
    assertTrue(answer.body().contains("/site.css"), "the site's own page");
  }

  private static void assertReadable(Browser.Answer answer) {
    assertEquals(200, answer.status(), answer.body());
    assertTrue(answer.body().contains("We cannot check who you are just now"), answer.body());
    assertFalse(answer.body().contains(SIGN_IN), answer.body());
    assertFalse(answer.body().contains(USER_MENU), answer.body());
    assertEquals("no-store", answer.header("cache-control"));
    assertEquals("", answer.header("set-cookie"));
    assertTrue(
        answer.header("cache-status").startsWith("lms; fwd=bypass; detail=unknown"),
        answer.header("cache-status"));
  }

  @Test
  void aPausedRedisUnderLoadCostsNobodyTheirSession() throws Exception {
    List<Browser> people = new ArrayList<>();
    for (int i = 0; i < VISITORS; i++) {
      Browser person = visitor();
      assertEquals(303, person.signIn("student" + (1 + i % 9)).status());
      people.add(person);
    }
    List<Map<String, String>> cookies = people.stream().map(p -> Map.copyOf(p.cookies())).toList();
    String token = people.get(0).get("/user/account").token();

    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<?>> load = new ArrayList<>();
      for (Browser person : people) {
        load.add(
            threads.submit(
                () -> {
                  while (!over.get()) {
                    Browser.Answer page = person.get("/course/explore");
                    if (page.status() != 200) {
                      wrong.add("a public page: " + page.status());
                    }
                    int account = person.get("/user/account").status();
                    if (account != 200 && account != 503) {
                      wrong.add("a personal page: " + account);
                    }
                  }
                }));
      }
      signal("STOP");
      worker.await(() -> metric("lms_session_store_outage") == 1, "the breaker to open");

      for (String path : List.of("/", "/course/explore", "/program/explore")) {
        assertReadable(people.get(1).get(path));
      }
      assertFailsClosed(people.get(1).get("/user/account"));
      assertFailsClosed(
          people.get(0).post("/user/account/sign-out-others", Map.of("csrf_token", token)));
      assertFailsClosed(people.get(0).post("/user/logout", Map.of("csrf_token", token)));
      Browser.Answer signIn = visitor().signIn("student9");
      assertFailsClosed(signIn);
      assertTrue(signIn.body().contains("href=\"/user/login\">Sign in</a>"), signIn.body());
      assertTrue(signIn.body().contains("name=\"username\" value=\"student9\""), signIn.body());
      assertTrue(signIn.body().contains("type=\"password\" name=\"password\""), signIn.body());
      Browser.Answer typed =
          people
              .get(0)
              .post("/course/py101/edit", Map.of("title", "Not lost", "csrf_token", token));
      assertFailsClosed(typed);
      assertTrue(typed.body().contains("action=\"/course/py101/edit\""), typed.body());
      assertTrue(typed.body().contains("name=\"title\" value=\"Not lost\""), typed.body());
      assertEquals(token, typed.token(), "it can be sent again as it is");
      assertEquals(503, visitor().get("/readyz").status());
      assertEquals(200, visitor().get("/livez").status());
      Browser stranger = visitor();
      assertEquals(200, stranger.get("/course/explore").status());
      // Hundreds of requests come and go while a handful of probes wait for their two seconds.
      double refused = metric("lms_session_store_refused_total");
      worker.await(
          () -> metric("lms_session_store_refused_total") > refused + 200,
          "requests answered without waiting");

      signal("CONT");
      worker.await(() -> metric("lms_session_store_outage") == 0, "recovery without a restart");
      over.set(true);
      for (Future<?> visit : load) {
        visit.get(60, TimeUnit.SECONDS);
      }
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
    assertEquals(List.of(), List.copyOf(wrong));
    assertNotEquals(0, metric("lms_session_store_outages_total"));
    for (int i = 0; i < VISITORS; i++) {
      assertEquals(cookies.get(i), people.get(i).cookies(), "nobody's cookie was touched");
      assertEquals(200, people.get(i).get("/user/account").status(), "still signed in");
    }
    // What was shown during the outage was kept by no cache.
    Browser.Answer mine = people.get(1).get("/course/explore");
    assertTrue(mine.body().contains(USER_MENU), mine.body());
    assertTrue(visitor().get("/course/explore").body().contains(SIGN_IN));
    assertEquals(200, visitor().get("/readyz").status());
  }

  @Test
  void metricsAndHealthMoveToTheManagementPort() {
    int port = WorkerProcess.freePorts(1);
    try (WorkerProcess other =
        WorkerProcess.start(
            Map.of("LMS_PORT", "0", "LMS_MANAGEMENT_PORT", Integer.toString(port)))) {
      Browser operator = new Browser(URI.create("http://127.0.0.1:" + port + "/"));
      other.await(
          () -> WorkerProcess.answers(URI.create("http://127.0.0.1:" + port + "/readyz")),
          "an answer on the management port");
      Browser.Answer metrics = operator.get("/metrics");
      assertEquals(200, metrics.status());
      assertEquals("text/plain; version=0.0.4; charset=utf-8", metrics.header("content-type"));
      assertEquals("no-store", metrics.header("cache-control"));
      for (String family :
          List.of(
              "# TYPE lms_session_created_total counter\n",
              "# TYPE lms_session_store_duration_seconds histogram\n",
              "lms_session_store_duration_seconds_bucket{operation=\"load\",le=\"+Inf\"} ",
              "lms_session_ended_total{reason=\"signed_out\"} 0.0\n")) {
        assertTrue(metrics.body().contains(family), metrics.body());
      }
      other.awaitOutput("Serving on ");
      Matcher serving = Pattern.compile("Serving on http://\\S+:(\\d+) ").matcher(other.output());
      assertTrue(serving.find(), other.output());
      Browser visitor = new Browser(URI.create("http://127.0.0.1:" + serving.group(1) + "/"));
      for (String path : List.of("/metrics", "/livez", "/readyz")) {
        assertEquals(404, visitor.get(path).status(), path);
      }
      assertEquals(200, visitor.get("/").status());
    }
  }
}
