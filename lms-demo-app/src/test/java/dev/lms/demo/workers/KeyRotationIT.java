// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.WorkerProcess.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rotation of the secret key signs nobody out, on whichever of two workers and at no moment. */
class KeyRotationIT {
  private final List<Browser> people = new ArrayList<>();

  /**
   * Everybody who ever signed in still is, everywhere, and forms of one worker hold on the other.
   */
  private void nobodyIsSignedOut(Backend site) {
    for (Browser person : people) {
      Browser onOne = person.on(site.one().uri("/"));
      Browser onTwo = person.on(site.two().uri("/"));
      assertEquals(200, onOne.get("/user/account").status());
      assertEquals(200, onTwo.get("/user/account").status());
      enrol(onOne, onTwo);
      enrol(onTwo, onOne);
    }
  }

  private static void enrol(Browser from, Browser to) {
    String token = from.get("/user/account").token();
    assertEquals(303, to.post("/course/py101/enroll", Map.of("csrf_token", token)).status());
  }

  /** Two more people sign in, with the form of one worker sent to the other. */
  private void peopleSignIn(Backend site) {
    for (boolean there : List.of(true, false)) {
      WorkerProcess form = there ? site.one() : site.two();
      WorkerProcess target = there ? site.two() : site.one();
      Browser person = new Browser(form.uri("/"));
      String token = person.get("/user/login").token();
      String name = "student" + (people.size() % 9 + 1);
      Map<String, String> fields = Map.of("username", name, "password", name, "csrf_token", token);
      assertEquals(303, person.on(target.uri("/")).post("/user/login", fields).status());
      people.add(person);
    }
  }

  private void everybodyIsAtHome(Backend site) {
    peopleSignIn(site);
    nobodyIsSignedOut(site);
  }

  private static Finished rotate(Backend site) {
    return WorkerProcess.run(site.environment(), "key", "rotate");
  }

  private static Path keyFile(Backend site) {
    return Path.of(Objects.requireNonNull(site.environment().get("LMS_DATA_DIR")), "secret.key");
  }

  private static void assertStep(int step, Finished finished) {
    assertEquals(0, finished.exitCode(), finished.errors());
    assertTrue(finished.output().startsWith("Step " + step + " of 3"), finished.output());
  }

  private static void assertRefused(Backend site) throws IOException {
    String before = Files.readString(keyFile(site));
    Finished refused = rotate(site);
    assertEquals(1, refused.exitCode(), refused.output());
    assertTrue(refused.errors().contains("restart the workers"), refused.errors());
    assertEquals(before, Files.readString(keyFile(site)));
  }

  @Test
  void theKeyInTheDataFolder() throws Exception {
    rotateTheKeyInTheDataFolder(Backend.Kind.FILE);
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "COOKIE"})
  @Tag("long")
  void theKeyInTheDataFolderWithOtherStores(Backend.Kind kind) throws Exception {
    rotateTheKeyInTheDataFolder(kind);
  }

  private void rotateTheKeyInTheDataFolder(Backend.Kind kind) throws Exception {
    try (Backend site = new Backend(kind, 2)) {
      String old = Files.readString(keyFile(site)).strip();
      everybodyIsAtHome(site);
      assertStep(1, rotate(site));
      everybodyIsAtHome(site);
      assertRefused(site);
      site.restart(0, Map.of());
      everybodyIsAtHome(site);
      assertRefused(site);
      site.restart(1, Map.of());
      everybodyIsAtHome(site);

      assertStep(2, rotate(site));
      everybodyIsAtHome(site);
      assertRefused(site);
      site.restart(1, Map.of());
      everybodyIsAtHome(site);
      assertRefused(site);
      site.restart(0, Map.of());
      everybodyIsAtHome(site);

      assertStep(3, rotate(site));
      everybodyIsAtHome(site);
      List<String> lines = Files.readAllLines(keyFile(site));
      assertNotEquals(old, lines.getFirst());
      assertTrue(lines.getLast().startsWith("former " + old + " 2"), "with an end");
    }
  }

  @Test
  void aKilledWorkerHoldsNothingUp() throws Exception {
    try (Backend site = new Backend(Backend.Kind.FILE, 2)) {
      assertStep(1, rotate(site));
      assertRefused(site);
      site.one().kill();
      site.two().kill();
      assertStep(2, rotate(site));
    }
  }

  @Test
  @Tag("long")
  void theKeyInTheEnvironment() throws Exception {
    String old = "the first key of a test that is long enough";
    String older = "an even older key of a test that is long enough";
    Map<String, String> keys = Map.of("SECRET_KEY", old, "SECRET_KEY_FALLBACKS", older);
    try (Backend site = new Backend(Backend.Kind.FILE, 2, keys)) {
      everybodyIsAtHome(site);
      Finished advice = rotate(site);
      assertEquals(0, advice.exitCode(), advice.errors());
      List<Map<String, String>> steps = steps(advice.output());
      assertEquals(3, steps.size(), advice.output());
      String next = Objects.requireNonNull(steps.get(1).get("SECRET_KEY"));
      assertEquals(
          List.of(
              Map.of("SECRET_KEY", old, "SECRET_KEY_FALLBACKS", next + "," + older),
              Map.of("SECRET_KEY", next, "SECRET_KEY_FALLBACKS", old + "," + older),
              Map.of("SECRET_KEY", next, "SECRET_KEY_FALLBACKS", older)),
          steps);
      for (Map<String, String> step : steps.subList(0, 2)) {
        for (int worker = 0; worker < 2; worker++) {
          site.restart(worker, step);
          everybodyIsAtHome(site);
        }
      }
    }
  }

  private static List<Map<String, String>> steps(String advice) {
    List<Map<String, String>> steps = new ArrayList<>();
    for (String line : advice.lines().toList()) {
      if (line.startsWith("Step ")) {
        steps.add(new HashMap<>());
      } else if (line.startsWith("  SECRET_KEY")) {
        String[] pair = line.strip().split("=", 2);
        steps.getLast().put(pair[0], pair[1]);
      }
    }
    return steps;
  }

  @Test
  void withoutAKeyThereIsNothingToRotate() {
    Finished nowhere = WorkerProcess.run(Map.of(), "key", "rotate");
    assertEquals(1, nowhere.exitCode());
    assertTrue(nowhere.errors().contains("LMS_DATA_DIR"), nowhere.errors());
  }
}
