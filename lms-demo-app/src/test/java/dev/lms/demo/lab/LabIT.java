// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.WorkerProcess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The lab of a site with one worker and sessions in files, without JavaScript: it starts the second
 * worker, the naive side goes wrong, and ours never does. {@code BrowserIT} runs every experiment
 * on two workers with Redis.
 */
class LabIT {
  private static final Pattern WORKER = Pattern.compile("worker ([0-9]+) :[0-9]+ shows");

  private static WorkerProcess worker;

  @BeforeAll
  static void start() {
    worker = WorkerProcess.serve(Map.of("SESSION_STORE", "file"));
  }

  @AfterAll
  static void theSecondWorkerEndsWithTheFirst() {
    Browser visitor = new Browser(worker.uri("/"));
    Matcher pids =
        Pattern.compile("<li>process <b>([0-9]+)</b>").matcher(visitor.get("/lab").body());
    ProcessHandle[] workers =
        pids.results()
            .map(found -> ProcessHandle.of(Long.parseLong(found.group(1))).orElseThrow())
            .toArray(ProcessHandle[]::new);
    assertEquals(2, workers.length);
    assertEquals(0, worker.terminate());
    WorkerProcess.eventually(
        () -> !workers[0].isAlive() && !workers[1].isAlive(), "both workers end");
    worker.close();
  }

  private static Answer run(String experiment, Map<String, String> more) {
    Browser visitor = new Browser(worker.uri("/"));
    Map<String, String> form = new HashMap<>(more);
    form.put("csrf_token", visitor.get("/lab/" + experiment).token());
    Answer begun = visitor.post("/lab/" + experiment, form);
    assertEquals(303, begun.status(), begun.body());
    return visitor.get(begun.location());
  }

  private static int wrong(Answer page, String side) {
    Matcher count =
        Pattern.compile("<output data-testid=\"" + side + "-wrong\">([0-9]+)</output>")
            .matcher(page.body());
    assertTrue(count.find(), page.body());
    return Integer.parseInt(count.group(1));
  }

  private static void assertOnlyTheNaiveSideGoesWrong(Answer page) {
    assertTrue(wrong(page, "naive") > 0, page.body());
    assertEquals(0, wrong(page, "ours"), page.body());
  }

  @ParameterizedTest
  @EnumSource(names = {"KEY_IGNORES_WHO", "SESSIONS_PER_WORKER"})
  void theFlickerIsRealAndCured(Cause cause) {
    Answer page = run("flicker", Map.of("step", "all", "cause", cause.id()));
    assertOnlyTheNaiveSideGoesWrong(page);
    TreeSet<String> pids =
        WORKER
            .matcher(page.body())
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(2, pids.size(), "two processes answer");
    assertTrue(pids.contains(Long.toString(worker.pid())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost-update", "resurrection", "outage"})
  void otherExperimentsToo(String experiment) {
    assertOnlyTheNaiveSideGoesWrong(run(experiment, Map.of()));
  }

  @Test
  void theFlickerCanBeTakenStepByStep() {
    Browser visitor = new Browser(worker.uri("/"));
    String token = visitor.get("/lab/flicker").token();
    Map<String, String> begin =
        Map.of("csrf_token", token, "step", "begin", "cause", Cause.SESSIONS_PER_WORKER.id());
    String place = visitor.post("/lab/flicker", begin).location();
    String run = place.substring(place.indexOf("run=") + 4, place.indexOf('#'));
    for (String step : new String[] {"sign-in", "next", "refresh", "sign-out", "refresh"}) {
      Map<String, String> form = Map.of("csrf_token", token, "run", run, "step", step);
      assertEquals(303, visitor.post("/lab/flicker", form).status(), step);
    }
    Answer page = visitor.get(place);
    // The worker after the one of the sign-in, then five of ten.
    assertEquals(6, wrong(page, "naive"), page.body());
    assertEquals(0, wrong(page, "ours"));
    assertEquals(
        404,
        visitor
            .post("/lab/flicker", Map.of("csrf_token", token, "run", "gone", "step", "refresh"))
            .status());
  }

  /** Nothing but the panes of the flicker may stand in frames, and those in nobody else's. */
  @Test
  void thePanesAloneMayStandInFramesOfThisSitesWorkers() {
    Browser visitor = new Browser(worker.uri("/"));
    Map<String, String> begin =
        Map.of(
            "csrf_token", visitor.get("/lab/flicker").token(),
            "step", "begin",
            "cause", Cause.BROWSER_CACHE.id());
    String place = visitor.post("/lab/flicker", begin).location();
    String run = place.substring(place.indexOf("run=") + 4, place.indexOf('#'));
    Answer page = visitor.get(place);
    List<String> sources =
        Pattern.compile("<iframe src=\"(http://127\\.0\\.0\\.1:[0-9]+)(/lab/frame/[^\"]+)\"")
            .matcher(page.body())
            .results()
            .map(found -> found.group(2))
            .toList();
    assertEquals(
        List.of("/lab/frame/naive/browser-cache/" + run, "/lab/frame/ours/" + run), sources);
    String policy = page.header("content-security-policy");
    assertTrue(policy.contains("frame-ancestors 'none'; frame-src http://127.0.0.1:"), policy);
    for (String source : sources) {
      Answer pane = visitor.get(source);
      assertEquals(200, pane.status());
      assertEquals("SAMEORIGIN", pane.header("x-frame-options"));
      String own = pane.header("content-security-policy");
      assertEquals(
          policy.substring(policy.indexOf("http")),
          own.substring(own.indexOf("http")),
          "both workers");
      assertEquals(2, pane.body().split("data-testid=\"dev-strip\"", -1).length, "one strip");
    }
    assertEquals("max-age=60", visitor.get(sources.get(0)).header("cache-control"));
    assertEquals("no-cache", visitor.get(sources.get(1)).header("cache-control"));
    for (String other : List.of("/course/explore", "/lab", "/lab/outage")) {
      Answer answer = visitor.get(other);
      assertEquals("DENY", answer.header("x-frame-options"), other);
      assertTrue(answer.header("content-security-policy").endsWith("frame-ancestors 'none'"));
    }
  }
}
