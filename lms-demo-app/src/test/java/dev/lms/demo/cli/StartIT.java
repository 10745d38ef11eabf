// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start consists of: the jar, and what lmsctl passes to the JVM. */
class StartIT {
  private static final Path JAR = Path.of("target", "lms-demo-app.jar").toAbsolutePath();
  private static final long LARGEST_JAR = 14_000_000;
  private static final int PATIENCE_SECONDS = 120;

  @TempDir private Path folder;

  @Test
  void theJarHoldsNativePartsForTheNamedPlatformsOnly() throws IOException {
    assertTrue(Files.size(JAR) <= LARGEST_JAR, "the jar has " + Files.size(JAR) + " bytes");
    try (JarFile jar = new JarFile(JAR.toFile())) {
      Set<String> folders =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.matches(".*\\.(so|dll|dylib|jnilib|a)"))
              .map(name -> name.substring(0, name.lastIndexOf('/')))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(
          Set.of(
              "com/sun/jna/darwin-aarch64",
              "com/sun/jna/linux-aarch64",
              "com/sun/jna/linux-x86-64",
              "com/sun/jna/win32-x86-64",
              "org/sqlite/native/Linux-Musl/x86_64",
              "org/sqlite/native/Linux/aarch64",
              "org/sqlite/native/Linux/x86_64",
              "org/sqlite/native/Mac/aarch64",
              "org/sqlite/native/Windows/x86_64"),
          folders);
    }
  }

  /** The jar holds Caffeine without the classes for these. */
  @Test
  void noCacheOfOursHoldsWeakOrSoftReferences() throws IOException {
    List<String> found = new ArrayList<>();
    try (JarFile jar = new JarFile(JAR.toFile())) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (!entry.getName().matches("dev/lms/.*\\.class")) {
          continue;
        }
        try (InputStream bytes = jar.getInputStream(entry)) {
          String names = new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1);
          Stream.of("weakKeys", "weakValues", "softValues", "CaffeineSpec")
              .filter(names::contains)
              .forEach(name -> found.add(entry.getName() + " " + name));
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void anotherPlatformIsOneSentence() {
    WorkerProcess.Finished finished =
        WorkerProcess.run(
            Map.of("JAVA_TOOL_OPTIONS", "-Dos.arch=riscv64", "LMS_PORT", "0"), "serve");
    assertEquals(1, finished.exitCode());
    String said =
        finished.errors().lines().filter(line -> !line.startsWith("Picked up")).toList().getLast();
    assertTrue(
        said.startsWith("lmsctl: cannot start: SQLite comes with this program for Linux (x64,"),
        said);
    assertTrue(said.contains("not for Linux/riscv64"), said);
  }

  @Test
  @Tag("long")
  void whatStartsOncePreparesTheStartsToCome() throws Exception {
    Path lmsctl = Files.copy(Path.of("..", "lmsctl"), folder.resolve("lmsctl"));
    Files.copy(JAR, folder.resolve("lms-demo-app.jar"), StandardCopyOption.COPY_ATTRIBUTES);
    Path leftover = Files.writeString(folder.resolve("lms-demo-app-24.aot"), "of another JDK");
    Process first = serve(lmsctl);
    Path cache;
    try {
      assertTrue(said(first, "Resource plan").contains("heap 12"), "that it really has");
      String command = commandLine(first.toHandle());
      assertTrue(
          command.contains("-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xmx120m"),
          "of the plan: " + command);
      cache = await(folder, name -> name.endsWith(".aot") && !name.endsWith("-24.aot"));
      assertTrue(Files.notExists(leftover));
    } finally {
      end(first);
    }
    Path library = await(folder.resolve("data"), name -> name.startsWith("libsqlite-"));
    Object whole = Files.size(library);
    Files.writeString(library, "cut");

    Process second = serve(lmsctl);
    try {
      said(second, "Next: open");
      assertUses(cache, second.toHandle());
    } finally {
      end(second);
    }
    assertTrue(Files.notExists(library), "what cannot be loaded is no obstacle, and goes");

    Process supervisor = serve(lmsctl, "--workers", "1");
    try {
      said(supervisor, "Serving on");
      assertTrue(commandLine(supervisor.toHandle()).contains("-Xms3m -Xmx32m -Xmn1m"));
      ProcessHandle worker = supervisor.toHandle().children().findFirst().orElseThrow();
      assertTrue(
          commandLine(worker).contains("-Xmx120m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders"));
      assertUses(cache, worker);
      assertFalse(
          Files.readString(Path.of("/proc", supervisor.pid() + "", "maps"))
              .contains(cache.toString()),
          "the supervisor has no use for it");
      assertEquals(whole, Files.size(library));
    } finally {
      end(supervisor);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of(),
          files.filter(file -> file.toString().matches(".*\\.aot\\..*")).toList(),
          "no drafts");
    }
  }

  private Process serve(Path lmsctl, String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", lmsctl.toString(), "serve");
    builder.command().addAll(List.of(arguments));
    builder.redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("(LMS|SESSION|CACHE|REDIS)_.*"));
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "LMS_DATA_DIR",
                folder.resolve("data").toString(),
                "LMS_PORT",
                arguments.length == 0 ? "0" : Integer.toString(WorkerProcess.freePorts(1))));
    return builder.start();
  }

  private static String said(Process process, String begin) throws IOException {
    BufferedReader output = process.inputReader();
    StringBuilder all = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      all.append(line).append('\n');
      if (line.contains(begin)) {
        return line;
      }
    }
    throw new AssertionError("never said '" + begin + "':\n" + all);
  }

  private static String commandLine(ProcessHandle process) throws IOException {
    return Files.readString(Path.of("/proc", process.pid() + "", "cmdline")).replace('\0', ' ');
  }

  /** That it maps the cache, and shares the half of it that nobody needs to write to. */
  private static void assertUses(Path cache, ProcessHandle process) throws IOException {
    long resident = 0;
    long written = 0;
    boolean within = false;
    for (String line : Files.readAllLines(Path.of("/proc", process.pid() + "", "smaps"))) {
      String[] words = line.split(" +", -1);
      if (!words[0].endsWith(":")) {
        within = line.contains(cache.toString());
      } else if (within && words[0].equals("Rss:")) {
        resident += Long.parseLong(words[1]);
      } else if (within && words[0].equals("Anonymous:")) {
        written += Long.parseLong(words[1]);
      }
    }
    assertTrue(resident > 0, "does not use the cache");
    assertTrue(written < resident * 2 / 3, written + " KB of its own, of " + resident);
  }

  private static Path await(Path folder, Predicate<String> name) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          if (name.test(String.valueOf(file.getFileName()))) {
            return file;
          }
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    throw new AssertionError("never came: " + folder);
  }

  private static void end(Process process) throws InterruptedException {
    process.toHandle().destroy();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    assertTrue(ended, "does not end");
    assertNotEquals(137, process.exitValue());
  }
}
