// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.benchmarks.report.Ratio;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the JDK's own server can do at all stands beside what is asked of the site. */
class ControlsTest {
  private static void rounds(Loads loads, String name, double... rates) {
    for (double rate : rates) {
      loads.add(name, new Wrk.Load(rate, 1, 1, 1), null);
    }
  }

  private static List<String> lines(List<Ratio> rows) {
    return rows.stream()
        .map(
            row ->
                String.format(
                    Locale.ROOT,
                    "%s / %s: %s, %.2f%s",
                    row.work(),
                    row.beside(),
                    row.limitText(),
                    row.value(),
                    row.holds() ? "" : " !"))
        .toList();
  }

  @Test
  void whatACrowdedSiteKeepsStandsBesideWhatABareServerKeeps() {
    Loads loads = new Loads();
    rounds(loads, "site, 64 clients", 100, 100, 100);
    rounds(loads, "site, 900 clients", 75, 75, 75);
    rounds(loads, "site, 2000 clients", 40, 40, 40);
    rounds(loads, "site on robaho, 64 clients", 100, 100, 100);
    rounds(loads, "site on robaho, 900 clients", 110, 110, 110);
    rounds(loads, "site on robaho, 2000 clients", 80, 80, 80);
    rounds(loads, "bare server, 64 clients", 200, 200, 200);
    rounds(loads, "bare server, 900 clients", 160, 160, 160);
    rounds(loads, "bare server, 2000 clients", 100, 100, 100);
    rounds(loads, "bare server, 400 MB, 64 clients", 200, 200, 200);
    rounds(loads, "bare server, 400 MB, 900 clients", 180, 180, 180);
    rounds(loads, "bare server, 400 MB, 2000 clients", 140, 140, 140);
    assertEquals(
        List.of(
            "site, 900 clients / site, 64 clients: >= 0.90 x, 0.75 !",
            "site, 2000 clients / site, 64 clients: >= 0.90 x, 0.40 !",
            "site on robaho, 900 clients / site on robaho, 64 clients: >= 0.90 x, 1.10",
            "site on robaho, 2000 clients / site on robaho, 64 clients: >= 0.90 x, 0.80 !",
            "bare server, 900 clients / bare server, 64 clients: -, 0.80",
            "bare server, 2000 clients / bare server, 64 clients: -, 0.50",
            "bare server, 400 MB, 900 clients / bare server, 400 MB, 64 clients: -, 0.90",
            "bare server, 400 MB, 2000 clients / bare server, 400 MB, 64 clients: -, 0.70",
            "site keeps with 900 clients / what the bare server keeps: >= 0.90 x, 0.94",
            "site keeps with 2000 clients / what the bare server keeps: >= 0.90 x, 0.80 !"),
        lines(Stress.judge(loads)));
  }

  @Test
  void aRoundWithoutAControlSaysNothingAndOneInWhichTheSiteBrokeCounts() {
    Loads loads = new Loads();
    rounds(loads, "site, 64 clients", 100, 100, 0, 100);
    rounds(loads, "site, 900 clients", 90, 90, 0, 0);
    rounds(loads, "bare server, 64 clients", 0, 200, 200, 200);
    rounds(loads, "bare server, 900 clients", 0, 180, 180, 180);
    Ratio kept =
        Stress.judge(loads).stream()
            .filter(row -> row.work().startsWith("site keeps"))
            .findFirst()
            .orElseThrow();
    assertEquals(List.of(0.0, 0.0, 1.0), kept.rounds());
    assertTrue(
        Stress.judge(new Loads()).isEmpty(), "nothing was measured, so that nothing is judged");
  }

  @Test
  void severalWorkersStandBesideAsManyBareServers() {
    Map<Integer, List<Double>> site =
        Map.of(1, List.of(20.0, 20.0), 2, List.of(40.0, 40.0), 4, List.of(60.0, 60.0));
    Map<Integer, List<Double>> bare =
        Map.of(1, List.of(10.0, 10.0), 2, List.of(16.0, 16.0), 4, List.of(24.0, 24.0));
    List<String> alone =
        List.of(
            "CPU: 2 workers after 3 s / one worker: <= 1.50 x, 2.00 !",
            "CPU: 4 workers after 3 s / one worker: <= 1.50 x, 3.00 !");
    List<String> all = new ArrayList<>(alone);
    all.add("CPU: 2 bare servers after 3 s / one bare server: -, 1.60");
    all.add("CPU: 4 bare servers after 3 s / one bare server: -, 2.40");
    all.add("CPU: 2 workers beside one / 2 bare servers beside one: -, 1.25");
    all.add("CPU: 4 workers beside one / 4 bare servers beside one: -, 1.25");
    assertEquals(all, lines(Workers.judge(new Workers.Costs(site, bare))));
    assertEquals(alone, lines(Workers.judge(new Workers.Costs(site, Map.of()))));
  }

  @Test
  void limitsAreOnWhatShipsAndTheRestIsShown() {
    Loads loads = new Loads();
    rounds(loads, "handler, same answer", 66);
    rounds(loads, "Varnish, same page", 100);
    rounds(loads, "signed in, cached, with holes", 95);
    rounds(loads, "signed in, cached, with holes, on robaho", 120);
    rounds(loads, "signed in, copy of the session", 120);
    rounds(loads, "signed in, copy of the session, on robaho", 150);
    rounds(loads, "Flask, signed in, cached", 10);
    List<String> lines = lines(Lineup.judge(loads));
    assertTrue(
        lines.containsAll(
            List.of(
                "handler, same answer / Varnish, same page: -, 0.66",
                "signed in, cached, with holes / Flask, signed in, cached: -, 9.50",
                "signed in, copy of the session / Flask, signed in, cached: >= 11.00 x, 12.00",
                "signed in, cached, with holes, on robaho / Flask, signed in, cached: -, 12.00",
                "signed in, copy of the session, on robaho / Flask, signed in, cached:"
                    + " >= 14.00 x, 15.00")),
        lines::toString);
  }

  @Test
  void aBareServerHasTheHeapAndTheCollectorOfTheSite() {
    assertEquals(
        List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TrimNativeHeapInterval=5000"),
        Bare.options(
            List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TrimNativeHeapInterval=5000",
                "-XX:AOTCache=/site.aot",
                "-Xlog:disable",
                "-Dany=thing",
                "-jar",
                "site.jar",
                "serve",
                "-Xmx1m")));
  }

  /** As short a command as the site's: of a longer one than a page nobody is told. */
  private static Background site(String... jvm) throws Exception {
    int port = Background.freePort();
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of(jvm));
    command.addAll(List.of(Contender.class.getName(), Integer.toString(port), "bare"));
    Map<String, String> classes = Map.of("CLASSPATH", System.getProperty("java.class.path"));
    return Background.start(port, Path.of("/dev/null"), classes, command);
  }

  @Test
  void aBareServerGivesTheAnswerOfTheSiteWithItsHeap() throws Exception {
    try (Servers servers = new Servers();
        Background site = site("-Xmx64m");
        Background unknown = site()) {
      Target page = Target.of(site.url(Pages.WHOLE));
      Bare bare = Bare.like(servers, site.handle(), page).withHeap(48);
      assertEquals(List.of("-Xmx64m", "-Xmx48m"), bare.jvm());
      Background control = bare.start();
      Path told = Path.of("/proc", Long.toString(control.handle().pid()), "cmdline");
      String command = Files.readString(told, StandardCharsets.ISO_8859_1);
      assertTrue(command.contains("-Xmx64m\0-Xmx48m\0"), command);
      assertArrayEquals(
          Recorded.of(servers.client(), page).body(),
          Recorded.of(servers.client(), Target.of(control.url(Shipped.PAGE))).body());

      Target none = Target.of(site.url("/no-such-page"));
      assertThrows(IOException.class, () -> Bare.like(servers, site.handle(), none));
      assertThrows(IOException.class, () -> Bare.like(servers, unknown.handle(), page));
    }
  }
}
