// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.WorkerProcess.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsIT {

  private static Finished lmsctl(String... command) {
    return WorkerProcess.run(Map.of(), command);
  }

  private static JsonObject json(Finished finished) {
    assertEquals(0, finished.exitCode(), finished.errors());
    return JsonParser.parseString(finished.output()).getAsJsonObject();
  }

  @Test
  void thePlanTakesWhatIsGivenInsteadOfTheMachine() {
    String[] given =
        "plan --json --cpus 8 --ram-mb 16384 --worker-mb 300 --threads 2".split(" ", -1);
    JsonObject plan = json(lmsctl(given));
    assertEquals(
        List.of(
            "workers",
            "threads",
            "inFlight",
            "queue",
            "heapMb",
            "redisPool",
            "pageCacheMb",
            "reasons"),
        List.copyOf(plan.keySet()));
    assertEquals(8, plan.get("workers").getAsInt());
    assertEquals(2, plan.get("threads").getAsInt());
    assertEquals(
        "cpus = 8, ramMb = 16384: given", plan.getAsJsonArray("reasons").get(0).getAsString());
  }

  @Test
  void thePlanOfThisMachineIsReadable() {
    Finished plan =
        lmsctl(
            "plan", "--workload", "io", "--cpus", "4", "--min-workers", "2", "--max-workers", "3");
    assertEquals(0, plan.exitCode(), plan.errors());
    assertTrue(plan.output().startsWith("workers      "), plan.output());
    assertTrue(plan.output().contains("cpus = 4: given"), plan.output());
    assertTrue(plan.output().contains("at most 3 = "), plan.output());
    assertEquals("", plan.errors());
  }

  @Test
  void thePlanFollowsTheConfiguration() {
    JsonObject plan =
        json(
            WorkerProcess.run(
                Map.of("WORKER_MEMORY_MB", "300", "LMS_THREADS", "2", "CACHE_MAX_MB", "5"),
                "plan",
                "--json",
                "--cpus",
                "8",
                "--ram-mb",
                "16384"));
    assertEquals(8, plan.get("workers").getAsInt());
    assertEquals(5, plan.get("pageCacheMb").getAsInt());
  }

  @Test
  void theConfigurationIsShownWithItsOriginsAndWithoutItsSecrets() {
    Map<String, String> env =
        Map.of("SECRET_KEY", "a-very-secret-key", "REDIS_URL", "redis://:hidden@h", "PORT", "81");
    JsonObject config = json(WorkerProcess.run(env, "config", "--json"));
    assertEquals("81", config.getAsJsonObject("LMS_PORT").get("value").getAsString());
    assertEquals("PORT", config.getAsJsonObject("LMS_PORT").get("origin").getAsString());
    Finished text = WorkerProcess.run(env, "config");
    assertTrue(text.output().contains("Session storage: redis (REDIS_URL)"), text.output());
    for (String shown : List.of(config.toString(), text.output())) {
      assertFalse(shown.contains("very-secret") || shown.contains("hidden"), shown);
    }
  }

  /** Whoever sets up production has no folder yet. */
  @Test
  void aSiteMayBeginWithItsCoursesOrItsFirstAccount(@TempDir Path folder) {
    Map<String, String> env =
        new HashMap<>(
            Map.of("LMS_ENV", "production", "SECRET_KEY", "0123456789abcdefghijklmnopqrstuv"));
    env.put("LMS_DATA_DIR", folder.resolve("one/data").toString());
    Finished loaded = WorkerProcess.run(env, "sample", "load");
    assertEquals(0, loaded.exitCode(), loaded.errors());
    env.put("LMS_DATA_DIR", folder.resolve("two/data").toString());
    Finished added =
        WorkerProcess.runWith(
            "green-Teapots-9-sing\n",
            env,
            "user",
            "add",
            "ada",
            "--display",
            "Ada",
            "--role",
            "admin");
    assertEquals(0, added.exitCode(), added.errors());
    env.put("LMS_DATA_DIR", "/proc/none/data");
    for (String command :
        List.of(
            "serve", "serve --workers 2", "sample load", "user add a --display A --role admin")) {
      Finished failed = WorkerProcess.run(env, command.split(" ", -1));
      assertEquals(78, failed.exitCode(), failed.errors());
      assertTrue(
          failed.errors().contains("LMS_DATA_DIR: the folder /proc/none/data cannot be made"),
          failed.errors());
    }
  }

  @Test
  void showingTheConfigurationCreatesNothing(@TempDir Path folder) {
    Path data = folder.resolve("data");
    json(WorkerProcess.run(Map.of("LMS_DATA_DIR", data.toString()), "config", "--json"));
    assertFalse(Files.exists(data));
  }

  @Test
  void keysAreGeneratedOnStandardOutputAlone() {
    Finished one = lmsctl("key", "generate");
    assertEquals(0, one.exitCode());
    assertTrue(one.output().matches("[A-Za-z0-9_-]{43}\n"), one.output());
    assertEquals("", one.errors());
    assertNotEquals(one.output(), lmsctl("key", "generate").output());
  }

  @Test
  void theVersionIsTheJars() {
    Finished version = lmsctl("version");
    assertEquals(0, version.exitCode());
    assertTrue(
        version.output().matches("lms \\d+\\.\\d+\\.\\d+\\S*, Java 2\\d.*\n"), version.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "session purge", "serve --workers few"})
  void wrongUsageIs2AndExplained(String line) {
    Finished finished = line.isEmpty() ? lmsctl() : lmsctl(line.split(" ", -1));
    assertEquals(2, finished.exitCode(), finished.errors());
    assertFalse(finished.errors().isBlank());
    assertFalse(finished.errors().contains("\tat "), finished.errors());
    assertEquals("", finished.output());
  }

  @Test
  void aFailureIsOneLine(@TempDir Path folder) {
    Finished finished = lmsctl("serve", "--nginx-conf", folder.resolve("no/such.conf").toString());
    assertEquals(1, finished.exitCode());
    assertEquals(1, finished.errors().lines().count(), finished.errors());
    assertTrue(finished.errors().contains("--nginx-conf"), finished.errors());
  }

  @Test
  void theDoctorFailsOnAProblemOnly(@TempDir Path folder) {
    Map<String, String> env = Map.of("LMS_DATA_DIR", folder.resolve("data").toString());
    JsonObject well = json(WorkerProcess.run(env, "doctor", "--json"));
    assertEquals(0, well.get("problem").getAsInt());
    assertEquals(
        List.of("check", "level", "message", "remedy"),
        List.copyOf(well.getAsJsonArray("checks").get(0).getAsJsonObject().keySet()));

    Finished ill = WorkerProcess.run(Map.of("REDIS_URL", "redis://:hidden@127.0.0.1:1"), "doctor");
    assertEquals(1, ill.exitCode(), ill.output());
    assertTrue(ill.output().contains("problem  sessions' Redis: redis://"), ill.output());
    assertFalse(ill.output().contains("hidden"), ill.output());

    Finished bad =
        WorkerProcess.run(Map.of("LMS_ENV", "production", "SECRET_KEY", "dev"), "doctor");
    assertEquals(78, bad.exitCode(), bad.output());
    assertTrue(bad.output().startsWith("problem  configuration: SECRET_KEY: "), bad.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void aHostThatIsNotThereIsOneSentenceInBothModes(String workers) {
    Finished finished =
        WorkerProcess.run(
            Map.of("LMS_HOST", "nosuch.invalid", "LMS_WORKERS", workers, "LMS_PORT", "20100"),
            "serve");
    assertEquals(78, finished.exitCode(), finished.errors());
    assertEquals("", finished.output());
    assertTrue(
        finished.errors().contains("LMS_HOST=nosuch.invalid: there is no such host; "),
        finished.errors());
    assertEquals(2, finished.errors().lines().count(), finished.errors());
  }
}
