// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.benchmarks.report.Result;
import dev.lms.benchmarks.report.Time;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped jar, as a person starts it. */
class BenchmarksJarIT {
  private record Ended(int status, String output) {}

  private static Ended jar(String... arguments) throws IOException, InterruptedException {
    return java(List.of("-jar", "target/benchmarks.jar"), arguments);
  }

  private static Ended java(List<String> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    // JMH lets one run at a time onto a machine, for the sake of the figures; here are none.
    command.add("-Djmh.ignoreLock=true");
    command.addAll(program);
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), output);
      return new Ended(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Where it starts, so that one that is too old can say so and not fail over its version. */
  @Test
  void anOldJavaCanReadItsFirstClass() throws IOException {
    try (JarFile jar = new JarFile("target/benchmarks.jar")) {
      String first = jar.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
      ZipEntry entry = jar.getEntry(first.replace('.', '/') + ".class");
      try (DataInputStream file = new DataInputStream(jar.getInputStream(entry))) {
        file.readInt();
        file.readUnsignedShort();
        assertEquals(55, file.readUnsignedShort(), "Java 11");
      }
    }
  }

  @Test
  void oneCommandRunsStoreAndRawLimitInForksAndTellsTheRatio() throws Exception {
    Ended ended =
        jar(
            "-wi",
            "0",
            "-i",
            "1",
            "-r",
            "20ms",
            "-t",
            "1",
            "RedisBenchmark.readRawH|RedisBenchmark.read$");
    assertEquals(0, ended.status(), ended.output());
    assertTrue(
        ended
            .output()
            .matches(
                "(?s).*\\d+ processors, .*; JDK \\d+.*; Redis \\d+\\.\\d+.*"
                    + "1  RedisBenchmark.read +[0-9.]+ us/op"
                    + "  RedisBenchmark.readRawHgetall +[0-9.]+ us/op +[0-9.]+\\n.*"
                    + "1  read-only request +RedisBenchmark.readRawHgetall +<= 1.15 x +[0-9.]+"
                    + " +(holds|does not hold)\\s*"),
        ended.output());
  }

  /** As lmsctl starts it. */
  @Test
  void aRunLeavesAResultAReportAndAChart(@TempDir Path folder) throws Exception {
    Ended ended =
        java(
            List.of("-XX:TieredStopAtLevel=1", "-jar", "target/benchmarks.jar"),
            "lmsctl",
            "run",
            "glance",
            folder.toString());
    assertTrue(Files.exists(folder.resolve(Result.FILE)), ended.output());
    Result result = Result.read(folder);
    assertEquals(result.broken() == 0 ? 0 : 1, ended.status(), ended.output());
    assertTrue(ended.output().contains("The report is "), ended.output());
    assertTrue(!ended.output().contains("# Run progress"), "what JMH says is in its file");
    assertTrue(ended.output().indexOf('\u001b') < 0 && ended.output().indexOf('\r') < 0);
    assertEquals(1, result.ratios().size());
    assertEquals("RedisBenchmark.readRawHgetall", result.ratios().get(0).beside());
    assertEquals(2, result.ratios().get(0).rounds().size());
    for (Time time : result.times()) {
      assertTrue(time.quickest() > 0, time::toString);
      assertTrue(time.bytes() != null && time.bytes() > 0, time::toString);
    }
    assertEquals(3, result.times().size());
    assertTrue(String.valueOf(result.versions().get("jedis")).matches("\\d+\\..*"));
    assertTrue(String.valueOf(result.versions().get("redis")).matches("\\d+\\..*"));
    assertTrue(Files.exists(folder.resolve("reads.svg")));
    assertTrue(Files.readString(folder.resolve("jmh.log")).contains("# Run progress"));
  }

  @Test
  void argumentsThatAskForNothingAreAnsweredInALine() throws Exception {
    Ended unknown = jar("--no-such-option");
    assertEquals(2, unknown.status(), unknown.output());
    assertTrue(unknown.output().contains("no-such-option"), unknown.output());
    assertTrue(!unknown.output().contains("\tat "), unknown.output());
    Ended nothing = jar("NoSuchBenchmark");
    assertEquals(2, nothing.status(), nothing.output());
    assertTrue(nothing.output().contains("No matching benchmarks"), nothing.output());
    assertTrue(!nothing.output().contains("\tat "), nothing.output());
  }

  @Test
  void pagesOverHttpTakeNoArguments() throws Exception {
    Ended wrong = jar("http", "/no/such/folder");
    assertEquals(2, wrong.status(), wrong.output());
    assertEquals("Usage: java -jar benchmarks.jar http", wrong.output().strip());
  }
}
