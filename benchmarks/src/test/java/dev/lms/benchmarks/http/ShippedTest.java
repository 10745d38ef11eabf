// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of the shipped site is measured where it should be; no figures. */
class ShippedTest {
  @TempDir private Path folder;

  private Background script(int port, String text) throws Exception {
    return Background.launch(port, folder.resolve("log"), Map.of(), List.of("/bin/sh", "-c", text));
  }

  @Test
  void aFirstAnswerIsWaitedForAndAProgramThatEndsIsShown() throws Exception {
    int port = Background.freePort();
    Path log = folder.resolve("contender");
    try (Background bare =
        Background.launch(port, log, Map.of(), Contender.command(Provider.JDK, port, "bare"))) {
      Duration first = bare.firstAnswer(port, Pages.WHOLE);
      assertTrue(first.compareTo(Duration.ofMillis(10)) > 0, first::toString);
    }
    try (Background broken = script(port, "echo no such folder; exit 1")) {
      String said = "";
      try {
        broken.firstAnswer(port, "/");
      } catch (IOException e) {
        said = String.valueOf(e.getMessage());
      }
      assertTrue(said.contains("no such folder"), said);
    }
  }

  @Test
  void onlyWorkersCountAsWorkers() throws Exception {
    // It waits without a process of its own, which would look like it for as long as it is a fork.
    String never = folder.resolve("never").toString();
    String worker =
        "mkfifo %s; sh -c 'read line < %s' worker --supervised & sleep 60 & wait"
            .formatted(never, never);
    try (Background supervisor = script(Background.freePort(), worker)) {
      long giveUp = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (supervisor.workers().size() != 1 && System.nanoTime() < giveUp) {
        LockSupport.parkNanos(1_000_000);
      }
      assertEquals(1, supervisor.workers().size());
      supervisor.workers().forEach(ProcessHandle::destroy);
    }
  }

  @Test
  void theMemoryOfWhatRunsIsSeenAndOfWhatEndedIsNot() throws Exception {
    ProcessHandle here = ProcessHandle.current();
    ProcessHandle ended = new ProcessBuilder("/bin/true").start().toHandle();
    ended.onExit().get();
    try (Memory memory = Memory.watch(List.of(here, ended), Duration.ofMillis(1))) {
      List<Double> most = memory.most();
      boolean isTold = Files.isReadable(Path.of("/proc/self/smaps_rollup"));
      assertEquals(isTold ? 1 : 0, most.size(), most::toString);
      // A virtual machine has more than ten megabytes, and this one not a terabyte.
      assertTrue(most.stream().allMatch(megabytes -> megabytes > 10 && megabytes < 1e6));
    }
  }

  @Test
  void theSiteIsFoundWhereItWasBuilt() throws Exception {
    Launcher launcher = new Launcher(folder.resolve("lmsctl"), folder);
    assertFalse(launcher.isThere());
    Path target = Files.createDirectories(folder.resolve("lms-demo-app/target"));
    assertEquals(target.resolve("lms-demo-app.jar"), launcher.jar());
    Files.createFile(launcher.jar());
    Files.createFile(target.resolve("lms-demo-app-25.aot"));
    assertTrue(launcher.awaitCache());
  }

  @Test
  void aNewNodePurges() throws Exception {
    try (RedisServer redis = RedisServer.start();
        Servers servers = new Servers()) {
      Background node = servers.contender("purge", redis.url());
      assertTrue(Long.parseLong(servers.get(node, FirstPurge.PURGE)) > 0);
      assertTrue(Background.freePorts(3) > 0);
    }
  }
}
