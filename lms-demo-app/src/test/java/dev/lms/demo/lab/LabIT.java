// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.WorkerProcess.Finished;
import dev.lms.demo.plan.Demand;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.plan.Workload;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  @TempDir private static Path data;
  private static WorkerProcess worker;

  private static Map<String, String> environment() {
    return Map.of("SESSION_STORE", "file", "LMS_DATA_DIR", data.resolve("d").toString());
  }

  @BeforeAll
  static void start() {
    worker = WorkerProcess.serve(environment());
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
    assertEquals(2, pids(page).size(), "two processes answer");
    assertTrue(pids(page).contains(Long.toString(worker.pid())));
  }

  /** It dies of its own heap, in front of people, and is started again. */
  @Test
  void aWorkerWithoutMemoryTakesItsSessionsWithIt() {
    Browser visitor = new Browser(worker.uri("/"));
    Answer page = step(visitor, "", "begin");
    String run = page.body().split("name=\"run\" value=\"", 2)[1].split("\"", 2)[0];
    for (String step : List.of("sign-in", "refresh", "rush")) {
      page = step(visitor, run, step);
      assertEquals(step.equals("rush") ? 10 : 0, wrong(page, "naive"), page.body());
    }
    assertEquals(0, wrong(page, "ours"), page.body());
    assertEquals(2, pids(page).size(), "one that died and one after it");
    assertFalse(pids(page).contains(Long.toString(worker.pid())), "nobody else is in danger");
    worker.awaitOutput("[lab] Terminating due to java.lang.OutOfMemoryError");
    String overview = visitor.get("/lab").body();
    pids(page).forEach(pid -> assertFalse(overview.contains(pid), "it is there for this alone"));
  }

  private static Answer step(Browser visitor, String run, String step) {
    Map<String, String> form =
        Map.of(
            "csrf_token",
            visitor.get("/lab/flicker").token(),
            "run",
            run,
            "step",
            step,
            "cause",
            Cause.MORE_WORKERS_THAN_MEMORY.id());
    Answer taken = visitor.post("/lab/flicker", form);
    assertEquals(303, taken.status(), taken.body());
    return visitor.get(taken.location());
  }

  private static Set<String> pids(Answer page) {
    return WORKER
        .matcher(page.body())
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  @Tag("long")
  void itLivesWithWhatThePlanGivesIt() {
    Answer page = run("flicker", Map.of("step", "all", "cause", "more-workers-than-memory"));
    assertEquals(10, wrong(page, "naive"), page.body());
    assertEquals(0, wrong(page, "ours"), page.body());
    assertTrue(page.body().contains("out of its 42 MB, died, started again: 10 of 10 wrong"));
    assertTrue(page.body().contains("After a rush that 120 MB are enough for: all 10 right"));
    assertEquals(3, pids(page).size(), "one that died, one after it, one with more memory");
  }

  /** What a worker of the default size has. */
  @Test
  void thePlansFigureIsThePlans() {
    Demand demand =
        new Demand(
            2,
            2048,
            200,
            1,
            1,
            OptionalInt.empty(),
            Workload.CPU,
            64,
            OptionalInt.empty(),
            List.of());
    assertEquals(ResourcePlan.of(demand).heapMb(), CrowdedWorker.PLAN_MB);
    int rush = CrowdedWorker.UPLOADS * CrowdedWorker.UPLOAD_MB;
    assertTrue(rush > CrowdedWorker.CROWDED_MB && 2 * rush < CrowdedWorker.PLAN_MB);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost-update", "resurrection", "outage"})
  void otherExperimentsToo(String experiment) {
    assertOnlyTheNaiveSideGoesWrong(run(experiment, Map.of()));
  }

  /**
   * In the log, in the strip, at {@code /ops} and by the command; the test kit has its own test.
   */
  @Test
  void aLeakIsToldOfInEveryPlace() {
    assertOnlyTheNaiveSideGoesWrong(run("leak", Map.of()));
    worker.awaitOutput("/lab-leak (/lab-leak) at line ");
    Browser student = new Browser(worker.uri("/"));
    student.signIn("student3");
    String leaky = student.get("/lab-leak").body();
    assertTrue(leaky.contains("· <b class=\"leak\">LEAK</b></summary>"), leaky);
    assertTrue(leaky.contains("Leak.leaky(Leak.java:"), leaky);
    assertFalse(student.get("/lab-leak/cured").body().contains("LEAK</b>"));
    Browser admin = new Browser(worker.uri("/"));
    admin.signIn("lms-admin");
    String ops = admin.get("/ops").body();
    assertTrue(ops.contains("/lab-leak (/lab-leak) at line "), ops);
    assertFalse(ops.contains("/lab-leak/cured ("), ops);
    Finished found = WorkerProcess.run(environment(), "cache", "audit", "/lab-leak");
    assertEquals(1, found.exitCode(), found.errors());
    assertTrue(found.output().contains("\nLeak: A page shared by \"auth\""), found.output());
    Finished cured = WorkerProcess.run(environment(), "cache", "audit", "/lab-leak/cured");
    assertEquals(0, cured.exitCode(), cured.output() + cured.errors());
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
      for (String origin : policy.substring(policy.indexOf("http")).split("[ ;]", -1)) {
        assertTrue(own.substring(own.indexOf("http")).contains(origin), "both workers: " + own);
      }
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
