// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorIT {
  @TempDir Path folder;

  private static URI livez(int port) {
    return URI.create("http://127.0.0.1:" + port + "/livez");
  }

  private static WorkerProcess supervise(int firstPort, int count, String... more) {
    String[] arguments = Arrays.copyOf(more, more.length + 2);
    arguments[more.length] = "--workers";
    arguments[more.length + 1] = Integer.toString(count);
    WorkerProcess supervisor =
        WorkerProcess.serve(
            Map.of("LMS_PORT", Integer.toString(firstPort), "LMS_DRAIN_TIMEOUT", "10"), arguments);
    for (int port = firstPort; port < firstPort + count; port++) {
      int each = port;
      supervisor.await(() -> WorkerProcess.answers(livez(each)), "a worker on port " + each);
    }
    return supervisor;
  }

  private static List<ProcessHandle> workers(WorkerProcess supervisor) {
    return supervisor.handle().children().toList();
  }

  private static ProcessHandle workerOn(WorkerProcess supervisor, int port) {
    var line = Pattern.compile("\\[" + port + "] Serving on \\S+ \\(pid (\\d+)\\)");
    // A worker answers a moment before its supervisor has read what it says.
    supervisor.await(() -> line.matcher(supervisor.output()).find(), "the line of port " + port);
    var found = line.matcher(supervisor.output());
    long pid = 0;
    while (found.find()) {
      pid = Long.parseLong(found.group(1));
    }
    return ProcessHandle.of(pid).orElseThrow();
  }

  /** One supervisor after another would take as long again: each of these leaves two workers. */
  @Test
  void workersThatDieOrHangAreReplacedAndEndWithTheirSupervisor() {
    int port = WorkerProcess.freePorts(2);
    try (WorkerProcess supervisor = supervise(port, 2)) {
      aSignalHasAllWorkersSayMore(supervisor, port);
      aKilledWorkerIsStartedAgain(supervisor, port);
      aWorkerThatHangsIsReplaced(supervisor, port);
      workersEndWithTheirSupervisorHoweverItEnds(supervisor, port);
    }
  }

  private static void aSignalHasAllWorkersSayMore(WorkerProcess supervisor, int port) {
    WorkerProcess.signal(supervisor.handle(), "USR1");
    for (int each = port; each < port + 2; each++) {
      supervisor.awaitOutput("[" + each + "] Log level: debug (info after the next SIGUSR1)");
    }
  }

  private static void aKilledWorkerIsStartedAgain(WorkerProcess supervisor, int port) {
    ProcessHandle first = workerOn(supervisor, port);
    ProcessHandle second = workerOn(supervisor, port + 1);
    assertNotEquals(first.pid(), second.pid());

    first.destroyForcibly();
    supervisor.awaitOutput("(pid " + first.pid() + ") died (exit code 137)");
    supervisor.await(
        () ->
            WorkerProcess.answers(livez(port))
                && workers(supervisor).size() == 2
                && workers(supervisor).stream().noneMatch(w -> w.pid() == first.pid()),
        "a new worker");
    assertTrue(second.isAlive());
    assertTrue(WorkerProcess.answers(livez(port + 1)));
  }

  private static void aWorkerThatHangsIsReplaced(WorkerProcess supervisor, int port) {
    ProcessHandle stopped = workerOn(supervisor, port + 1);
    WorkerProcess.signal(stopped, "STOP");
    supervisor.awaitOutput("(pid " + stopped.pid() + ") does not answer");
    for (int each = port; each < port + 2; each++) {
      URI uri = livez(each);
      supervisor.await(() -> WorkerProcess.answers(uri), "an answer of each");
    }
    assertFalse(stopped.isAlive());
  }

  private static void workersEndWithTheirSupervisorHoweverItEnds(
      WorkerProcess supervisor, int port) {
    List<ProcessHandle> workers = workers(supervisor);
    assertEquals(2, workers.size());
    try {
      supervisor.kill();
      WorkerProcess.eventually(
          () -> workers.stream().noneMatch(ProcessHandle::isAlive), "the workers end");
    } finally {
      // Orphans now: nobody else would find them.
      workers.forEach(ProcessHandle::destroyForcibly);
    }
    assertTrue(WorkerProcess.isFree(port));
  }

  @Test
  void aTakenPortIsOneClearErrorBeforeAnythingStarts() throws IOException {
    int port = WorkerProcess.freePorts(3);
    try (ServerSocket taken = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
      var finished =
          WorkerProcess.run(Map.of("LMS_PORT", Integer.toString(port)), "serve", "--workers", "3");
      assertEquals(1, finished.exitCode());
      assertEquals(
          "lmsctl: port "
              + taken.getLocalPort()
              + " is taken; stop what uses it or choose another LMS_PORT\n",
          finished.errors());
      assertFalse(finished.output().contains("Serving"), finished.output());
    }
  }

  @Test
  void workersShareKeyAndDataFolderAndSigtermDrainsAll() throws IOException {
    int port = WorkerProcess.freePorts(3);
    Path data = folder.resolve("data");
    try (WorkerProcess supervisor =
        WorkerProcess.serve(
            Map.of(
                "LMS_PORT",
                Integer.toString(port),
                "LMS_WORKERS",
                "3",
                "LMS_DATA_DIR",
                data.toString()))) {
      for (int each = port; each < port + 3; each++) {
        supervisor.awaitOutput("[" + each + "] Serving on http://127.0.0.1:" + each + " ");
      }
      assertTrue(Files.readString(data.resolve("secret.key")).strip().length() >= 32);
      assertEquals(3, workers(supervisor).size());
      for (ProcessHandle worker : workers(supervisor)) {
        List<String> arguments = List.of(worker.info().arguments().orElseThrow());
        assertTrue(arguments.contains("-Xmx120m"), arguments.toString());
        assertTrue(arguments.contains("-XX:+UseCompactObjectHeaders"), arguments.toString());
        assertTrue(arguments.contains("-XX:FreqInlineSize=60"), arguments.toString());
        assertTrue(
            arguments.stream().anyMatch(one -> one.startsWith("-XX:TrimNativeHeapInterval=")),
            "compiling would leave 40 MB and more behind: " + arguments);
        assertTrue(arguments.contains("-XX:CICompilerCount=2"), arguments.toString());
        String environment = Files.readString(Path.of("/proc", worker.pid() + "", "environ"));
        assertTrue(environment.contains("MALLOC_ARENA_MAX=1\0"), "glibc's heaps: " + environment);
      }

      List<ProcessHandle> workers = workers(supervisor);
      assertEquals(0, supervisor.terminate());
      assertTrue(workers.stream().noneMatch(ProcessHandle::isAlive));
      for (int each = port; each < port + 3; each++) {
        assertTrue(WorkerProcess.isFree(each));
      }
      assertFalse(supervisor.output().contains("died"), supervisor.output());
      assertFalse(supervisor.output().contains("killed"), supervisor.output());
    }
  }

  @Test
  void aConfigurationThatCannotWorkIsRefused() {
    var finished = WorkerProcess.run(Map.of("LMS_PORT", "0"), "serve", "--workers", "2");
    assertEquals(78, finished.exitCode());
    assertTrue(finished.errors().contains("LMS_PORT=0"), finished.errors());
    var tooFar = WorkerProcess.run(Map.of("LMS_PORT", "65535"), "serve", "--workers", "2");
    assertEquals(78, tooFar.exitCode());
    assertTrue(tooFar.errors().contains("65536"), tooFar.errors());
    var overlap =
        WorkerProcess.run(
            Map.of("LMS_PORT", "20000", "LMS_MANAGEMENT_PORT", "20001"), "serve", "--workers", "2");
    assertEquals(78, overlap.exitCode());
    assertTrue(overlap.errors().contains("LMS_MANAGEMENT_PORT=20001"), overlap.errors());
    var apart =
        WorkerProcess.run(
            Map.of("SESSION_STORE", "memory", "LMS_WORKERS", "2", "LMS_PORT", "20000"), "serve");
    assertEquals(78, apart.exitCode());
    assertTrue(apart.errors().contains("SESSION_STORE=memory: "), apart.errors());
    assertTrue(apart.errors().contains("file or redis"), apart.errors());
  }

  @Test
  void aRestartReplacesOneAfterTheOtherAndNobodyIsRefused() throws Exception {
    int port = WorkerProcess.freePorts(2);
    Path data = folder.resolve("data");
    Map<String, String> env =
        Map.of(
            "LMS_PORT", Integer.toString(port),
            "LMS_WORKERS", "2",
            "LMS_DATA_DIR", data.toString());
    assertEquals(1, WorkerProcess.run(env, "restart").exitCode(), "nobody is there yet");
    try (WorkerProcess supervisor = WorkerProcess.serve(env)) {
      for (int each = port; each < port + 2; each++) {
        supervisor.awaitOutput("[" + each + "] Serving on ");
      }
      List<Long> before = workers(supervisor).stream().map(ProcessHandle::pid).toList();
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger failed = new AtomicInteger();
      Thread visitor =
          Thread.startVirtualThread(
              () -> {
                while (!over.get()) {
                  // The first again: it may have come back while the second went.
                  if (!WorkerProcess.answers(livez(port))
                      && !WorkerProcess.answers(livez(port + 1))
                      && !WorkerProcess.answers(livez(port))) {
                    failed.incrementAndGet();
                  }
                  // The workers need the processors to start.
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
              });
      var finished = WorkerProcess.run(env, "restart");
      over.set(true);
      visitor.join();
      assertEquals(0, finished.exitCode(), finished.errors());
      assertEquals(0, failed.get());
      List<Long> after = workers(supervisor).stream().map(ProcessHandle::pid).toList();
      assertEquals(2, after.size());
      assertTrue(after.stream().noneMatch(before::contains), before + " " + after);
      assertFalse(supervisor.output().contains("died"), supervisor.output());
      assertTrue(supervisor.output().contains("Restarted all workers"), supervisor.output());
      assertEquals(0, supervisor.terminate());
      assertFalse(Files.exists(data.resolve("supervisor")));
    }
  }
}
