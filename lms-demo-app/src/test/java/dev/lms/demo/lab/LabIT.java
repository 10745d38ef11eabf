// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.WorkerProcess;
import java.util.HashMap;
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
}
