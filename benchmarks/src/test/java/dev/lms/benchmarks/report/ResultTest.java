// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ResultTest {
  private static final Machine MACHINE =
      new Machine(2, "Some <CPU> & Co", 2048, "Linux 6", "ext4", 0.1, null);

  private static Ratio ratio(String work, double limit, boolean moreIsBetter, Double... rounds) {
    return Ratio.of(work, "other", 1, moreIsBetter, limit, Spread.of(Arrays.asList(rounds)));
  }

  private static Result result(Ratio... ratios) {
    return new Result(
        "lmsctl bench --quick",
        "2026-01-02T03:04:05Z",
        125,
        "0123456789ab",
        MACHINE,
        Map.of("jdk", "25", "redis", "7.0"),
        List.of(ratios),
        List.of(
            new Time("RedisBenchmark.read", 1, "us/op", List.of(10.0, 20.0, 30.0), 4321.0),
            new Time("RedisBenchmark.readSpringJedis", 1, "us/op", List.of(60.0, 80.0, 90.0), null),
            new Time("RedisBenchmark.readRawHgetall", 8, "us/op", List.of(1.0, 1.0, 1.0), null)),
        List.of(
            new Rate("anonymous, cached", true, List.of(1000.0, 2000.0), 0.5, 2, 25.4),
            new Rate("Flask", false, List.of(100.0, 100.0), 5, 20, null)),
        List.of(
            new Cell("G1", "slow-request", "nothing comes back", "ours", true, 20, 0, null),
            new Cell("G1", "slow-request", "nothing comes back", "peer", false, 20, 3, "it | did")),
        List.of("Varnish is left out"));
  }

  @Test
  void aLimitHoldsByWhatCounts() {
    Ratio holds = ratio("a", 1.2, false, 1.3, 1.1, 1.2);
    assertEquals(List.of(1.1, 1.2, 1.3), holds.rounds());
    assertEquals(
        List.of(1.2, 1.1, 1.3, "holds", "<= 1.20 x"),
        List.of(
            holds.value(), holds.least(), holds.greatest(), holds.verdict(), holds.limitText()));
    Ratio broken = ratio("b", 4, true, 3.9, 5.0, 3.0);
    assertEquals("does not hold", broken.verdict());
    assertEquals(1, result(holds, broken).broken());
  }

  @Test
  void whatIsWrittenIsReadAgain(@TempDir Path folder) throws Exception {
    Result result =
        result(
            ratio("a", 1.2, false, 1.1),
            Ratio.of("b", "c", 0, true, null, Spread.of(List.of(2.0))));
    result.write(folder);
    assertEquals(result, Result.read(folder));
    assertEquals(result, Result.read(folder.resolve("result.json")));
    String report = Files.readString(folder.resolve("report.md"));
    assertTrue(report.contains("| a | other | 1 | <= 1.20 x | 1.10 | holds |"), report);
    assertTrue(report.contains("| b | c |  | - | 2.00 |  |"), report);
    assertTrue(
        report.contains("| RedisBenchmark.read | 1 | 10.00 (10.00 - 30.00) us/op | 4,321 B |"),
        report);
    assertTrue(report.contains("| anonymous, cached | 1,500 | 0.50 / 2.00 | 25 |"), report);
    assertTrue(report.contains("| Flask | 100 | 5.00 / 20.00 | - |"), report);
    assertTrue(report.contains("| peer | **broken, 3 of 20** | it / did |"), report);
    assertTrue(report.contains("`lmsctl bench guarantees slow-request peer`"), report);
    assertTrue(report.contains("- Varnish is left out"), report);
    assertTrue(report.contains("- took 2:05 minutes"), report);
  }

  @Test
  void whatWasWrittenWhenTheMedianCountedIsReadToo(@TempDir Path folder) throws Exception {
    Result result = result(ratio("a", 1.2, false, 1.1));
    result.write(folder);
    Path file = folder.resolve("result.json");
    String today = Files.readString(file);
    String before = today.replace("\"ratio\":", "\"median\":");
    assertNotEquals(today, before);
    Files.writeString(file, before);
    assertEquals(result, Result.read(file));
  }

  @Test
  void whatIsNoResultIsASentence(@TempDir Path folder) throws Exception {
    for (String text : List.of("", "[]", "{}", "no json")) {
      Path file = Files.writeString(folder.resolve("result.json"), text);
      IOException refused = assertThrows(IOException.class, () -> Result.read(file));
      assertEquals(file + " is no result of lmsctl bench.", refused.getMessage());
    }
    IOException nowhere =
        assertThrows(IOException.class, () -> Result.read(folder.resolve("nowhere")));
    assertEquals("There is no " + folder.resolve("nowhere") + ".", nowhere.getMessage());
  }

  /** Of its bars: the class, the width, and the figure beside it. */
  private static List<String> bars(String svg) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    var rects = document.getElementsByTagName("rect");
    List<String> bars = new ArrayList<>();
    for (int i = 0; i < rects.getLength(); i++) {
      Element rect = (Element) rects.item(i);
      bars.add(rect.getAttribute("class") + ' ' + rect.getAttribute("width"));
    }
    return bars;
  }

  @Test
  void chartsAreSoundAndShowTheRatiosOfTheSameRounds(@TempDir Path folder) throws Exception {
    result().write(folder);
    String reads = Files.readString(folder.resolve("reads.svg"));
    // The quickest rounds of both; on another number of threads it is another figure.
    assertEquals(List.of("ours 70", "bar 420"), bars(reads));
    assertTrue(reads.contains(">6.0</text>"), reads);
    assertTrue(reads.contains("Some &lt;CPU&gt; &amp; Co"), reads);
    assertTrue(reads.contains("lmsctl bench --quick, commit 0123456789ab, 2026-01-02"), reads);
    assertTrue(reads.contains("prefers-color-scheme: dark"), reads);
    String pages = Files.readString(folder.resolve("pages.svg"));
    assertEquals(List.of("ours 420", "bar 32"), bars(pages));
    assertTrue(pages.contains(">0.08</text>"), pages);
  }

  @Test
  void whatWasNotMeasuredHasNoChart(@TempDir Path folder) throws Exception {
    Result all = result();
    new Result(
            "",
            "2026-01-02T03:04:05Z",
            1,
            "",
            MACHINE,
            Map.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of())
        .write(folder);
    assertEquals(0, all.broken());
    assertEquals(List.of("report.md", "result.json"), names(folder));
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void onlyWhatRoundsDoNotShareHasMoved() {
    Result old =
        result(
            ratio("faster", 4, true, 4.0, 5.0),
            ratio("slower", 1.2, false, 1.0, 1.1),
            ratio("noise", 1.2, false, 1.0, 1.2),
            ratio("gone", 1, false, 1.0));
    Result now =
        result(
            ratio("faster", 4, true, 5.1, 6.3),
            ratio("slower", 1.2, false, 1.2, 1.3),
            ratio("noise", 1.2, false, 1.2, 1.4),
            ratio("born", 1, false, 1.0));
    List<String> lines =
        Comparison.of(old, now).lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
    assertEquals(
        List.of(
            "work beside threads old new",
            "faster other 1 4.50 (4.00 - 5.00) 5.70 (5.10 - 6.30) better, +27 %",
            "slower other 1 1.05 (1.00 - 1.10) 1.25 (1.20 - 1.30) worse, +19 %",
            "noise other 1 1.10 (1.00 - 1.20) 1.30 (1.20 - 1.40)",
            "Only in the new run: born / other / 1",
            "Only in the old run: gone / other / 1",
            "2 moved beyond the noise."),
        lines);
    assertTrue(Comparison.of(old, old).endsWith("Nothing moved beyond the noise.\n"));
  }

  @Test
  void anotherMachineIsSaid() {
    Result old = result();
    Machine other = new Machine(4, "Another", 2048, "Linux 6", "ext4", 0.1, null);
    Result now =
        new Result(
            "", "", 1, "", other, Map.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    assertTrue(Comparison.of(old, now).startsWith("Not the same machine:\n"));
  }
}
