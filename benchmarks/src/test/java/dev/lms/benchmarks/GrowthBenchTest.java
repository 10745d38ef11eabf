// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.benchmarks.growth.Growth;
import dev.lms.benchmarks.growth.Scale;
import dev.lms.benchmarks.report.Curve;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** The command with tiny sizes: what it tells, not how long that takes. */
class GrowthBenchTest {
  @TempDir private Path folder;

  /** Everything is measured once. Every operation checks what it found, or this fails. */
  @Test
  void everyCurveAndEveryLimitIsTold() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Progress progress = new Progress(out, false, Growth.SECONDS, System::nanoTime);
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    int exit =
        new GrowthBench(Clock.systemUTC(), out, progress)
            .run(Scale.GLANCE, folder, List.of(pictures));
    String said = bytes.toString(StandardCharsets.UTF_8);
    Result result = Result.read(folder);
    assertEquals(result.broken() == 0 ? 0 : 1, exit, said);
    // Not every system has it, and these figures mean nothing either way.
    List<String> missing =
        result.missing().stream().filter(line -> !line.startsWith("taskset")).toList();
    assertEquals(List.of(), missing);
    for (Curve curve : result.curves()) {
      assertTrue(curve.points().size() >= 2, curve::toString);
      for (Curve.Point point : curve.points()) {
        assertEquals(1, point.rounds().size(), curve::toString);
        assertTrue(point.median() >= 0, curve::toString);
      }
    }
    Set<String> judged =
        result.ratios().stream()
            .filter(ratio -> ratio.limit() != null)
            .map(Ratio::work)
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "one more sign-in, Redis, 20 sessions",
            "one more sign-in, inside Redis, 20 sessions",
            "one more sign-in, files, 20 sessions",
            "create in files, mean",
            "create in files, p99.9",
            "add in a session of 16 KB",
            "session purge of 100",
            "lookup, Redis, 20 tags",
            "lookup, Redis, after a purge of another, 20 tags",
            "pages of 200 lost to 20 purges, 20 tags",
            "blind set, 4 callers, rate",
            "read and change, 4 callers, rate",
            "miss in the revocation list, files, 20 revoked"),
        judged);
    assertTrue(said.contains("The report is "), said);
    String report = Files.readString(folder.resolve("report.md"));
    assertTrue(report.contains("![growth](growth.svg)"), report);
    assertEquals(curves(folder), curves(pictures));
    assertEquals(result.curves().size(), curves(folder));
  }

  private static long curves(Path folder) throws Exception {
    Document chart =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(folder.resolve("growth.svg").toFile());
    var lines = chart.getElementsByTagName("polyline");
    long curves = 0;
    for (int i = 0; i < lines.getLength(); i++) {
      curves +=
          lines.item(i).getAttributes().getNamedItem("class").getNodeValue().startsWith("line")
              ? 1
              : 0;
    }
    return curves;
  }
}
