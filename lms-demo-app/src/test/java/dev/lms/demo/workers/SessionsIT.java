// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G1 to G4 and G8, between two processes. */
class SessionsIT {
  private static final Pattern LOADS =
      Pattern.compile("lms_session_store_duration_seconds_count\\{operation=\"load\"} (\\d+)");

  private static JsonObject session(Browser browser) {
    return JsonParser.parseString(browser.get("/debug/session").body()).getAsJsonObject();
  }

  private static boolean isSignedIn(Browser browser) {
    return session(browser).get("authenticated").getAsBoolean();
  }

  private static long pid(Browser browser) {
    return session(browser).getAsJsonObject("worker").get("pid").getAsLong();
  }

  private static String result(Browser.Answer answer) {
    assertEquals(200, answer.status(), answer.body());
    return JsonParser.parseString(answer.body()).getAsJsonObject().get("result").getAsString();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CLUSTER", "SQLITE"})
  void whoSignsInOnOneWorkerIsKnownOnTheOther(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser onOne = new Browser(site.one().uri("/"));
    Browser onTwo = onOne.on(site.two().uri("/"));
    assertEquals(303, onOne.signIn("student1").status());
    assertTrue(isSignedIn(onTwo));
    assertNotEquals(pid(onOne), pid(onTwo));
    for (int i = 0; i < 10; i++) {
      assertTrue(onOne.get("/").body().contains("<span data-testid=\"user-name\">"));
      assertTrue(onTwo.get("/").body().contains("<span data-testid=\"user-name\">"));
    }
    assertEquals(303, onTwo.signOut().status());
    assertFalse(isSignedIn(onOne));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CLUSTER", "SQLITE"})
  void aKilledWorkerLosesNoSession(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    try (WorkerProcess third = WorkerProcess.serve(site.environment())) {
      List<Browser> people = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        Browser browser = new Browser(third.uri("/"));
        assertEquals(303, browser.signIn("student" + i).status());
        assertEquals(
            "stored",
            result(browser.post("/debug/session/put", Map.of("key", "k", "value", "v" + i))));
        people.add(browser);
      }
      third.kill();
      for (int i = 1; i <= 3; i++) {
        JsonObject seen = session(people.get(i - 1).on(site.two().uri("/")));
        assertEquals("student" + i, seen.getAsJsonObject("current_user").get("id").getAsString());
        assertEquals("v" + i, seen.getAsJsonObject("session_data").get("k").getAsString());
      }
    }
  }

  /** How often this worker has asked its store for a session. */
  private static long loads(WorkerProcess worker) {
    Matcher count = LOADS.matcher(new Browser(worker.uri("/")).get("/metrics").body());
    assertTrue(count.find());
    return Long.parseLong(count.group(1));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CLUSTER", "SQLITE"})
  void aSlowRequestDoesNotBringASignedOutSessionBack(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    // The slower the machine, the longer the request has to take to be overtaken.
    int delay = 2500;
    while (!isOvertaken(site, delay)) {
      assertTrue(delay < 60_000, "no sign-out overtook a slow request");
      delay = Math.min(2 * delay, 60_000);
    }
  }

  private static boolean isOvertaken(Backend site, int delay) throws Exception {
    Browser onOne = new Browser(site.one().uri("/"));
    Browser onTwo = onOne.on(site.two().uri("/"));
    assertEquals(303, onOne.signIn("student1").status());
    Browser thief = onOne.copy();
    long before = loads(site.one());
    boolean overtaken;
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<Browser.Answer> slow =
          threads.submit(
              () ->
                  thief.post(
                      "/debug/session/put",
                      Map.of("key", "late", "value", "1", "delay_ms", "" + delay)));
      // Without it the request might come after the sign-out, and begin a session of its own.
      site.one().await(() -> loads(site.one()) > before, "the slow request has its session");
      assertEquals(303, onTwo.signOut().status());
      overtaken = !slow.isDone();
      String result = result(slow.get(120, TimeUnit.SECONDS));
      if (overtaken) {
        assertEquals("gone", result);
      }
    }
    assertFalse(isSignedIn(thief));
    assertFalse(isSignedIn(thief.on(site.two().uri("/"))));
    assertEquals("{}", session(thief).get("session_data").toString());
    return overtaken;
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "POSTGRES"})
  void noUpdateIsLostBetweenWorkers(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser onOne = new Browser(site.one().uri("/"));
    Browser onTwo = onOne.on(site.two().uri("/"));
    assertEquals(303, onOne.signIn("student1").status());
    List<Callable<Browser.Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Browser browser = i % 2 == 0 ? onOne : onTwo;
      Map<String, String> put = Map.of("key", "k" + i, "value", "v" + i, "delay_ms", "50");
      Map<String, String> add = Map.of("key", "n", "delta", "3", "delay_ms", "50");
      calls.add(() -> browser.post("/debug/session/put", put));
      calls.add(() -> browser.post("/debug/session/add", add));
    }
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(calls.size())) {
      List<Future<Browser.Answer>> answers = new ArrayList<>();
      for (Callable<Browser.Answer> call : calls) {
        answers.add(
            threads.submit(
                () -> {
                  go.await();
                  return call.call();
                }));
      }
      go.countDown();
      for (Future<Browser.Answer> answer : answers) {
        assertEquals("stored", result(answer.get(60, TimeUnit.SECONDS)));
      }
    }
    JsonObject data = session(onTwo).getAsJsonObject("session_data");
    assertEquals("150", data.get("n").getAsString());
    for (int i = 0; i < 50; i++) {
      assertEquals("v" + i, data.get("k" + i).getAsString());
    }
  }

  @ParameterizedTest
  @EnumSource(names = "COOKIE")
  void theCookieStoreDoesNotPromiseWhatItCannotKeep(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser browser = new Browser(site.one().uri("/"));
    assertEquals(
        409, browser.post("/debug/session/add", Map.of("key", "n", "delta", "1")).status());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CLUSTER", "SQLITE"})
  void signingInGivesANewIdOnEveryWorker(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser browser = new Browser(site.one().uri("/"));
    Map<String, String> basket = Map.of("key", "basket", "value", "3");
    assertEquals("stored", result(browser.post("/debug/session/put", basket)));
    Browser fixated = browser.copy();
    assertEquals(303, browser.signIn("student1").status());
    assertFalse(isSignedIn(fixated));
    assertEquals("{}", session(fixated.on(site.two().uri("/"))).get("session_data").toString());
    JsonObject data = session(browser.on(site.two().uri("/"))).getAsJsonObject("session_data");
    assertEquals("3", data.get("basket").getAsString());
  }
}
