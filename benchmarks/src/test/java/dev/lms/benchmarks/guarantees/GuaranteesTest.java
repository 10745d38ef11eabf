// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.benchmarks.http.Flask;
import dev.lms.benchmarks.report.Cell;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GuaranteesTest {
  /** Keeps sessions as an array of bytes that is read and written as a whole. */
  private static final class Careless implements SessionPeer {
    private final Map<String, Map<String, String>> kept = new HashMap<>();

    @Override
    public String begin() {
      kept.put("id", Map.of(PERSON, "ada"));
      return "id";
    }

    @Override
    public Visit open(String id) {
      Map<String, String> copy = new HashMap<>(kept.getOrDefault(id, Map.of()));
      return new Visit() {
        @Override
        public boolean exists() {
          return !copy.isEmpty();
        }

        @Override
        public Optional<String> get(String name) {
          return Optional.ofNullable(copy.get(name));
        }

        @Override
        public void set(String name, String value) {
          copy.put(name, value);
        }

        @Override
        public void count(String name) {
          set(name, Long.toString(1 + get(name).map(Long::parseLong).orElse(0L)));
        }

        @Override
        public void end() {
          kept.remove(id);
          copy.clear();
        }

        @Override
        public void finish() {
          if (!copy.isEmpty()) {
            kept.put(id, copy);
          }
        }
      };
    }

    @Override
    public void close() {
      kept.clear();
    }
  }

  @Test
  void whatIsCarelessIsSeenToBreak() throws Exception {
    for (SessionScenario scenario :
        List.of(
            SessionScenario.SLOW_REQUEST,
            SessionScenario.LOST_UPDATE,
            SessionScenario.LOST_INCREMENT)) {
      Cell cell = scenario.with("careless", false, Careless::new).play();
      assertEquals(cell.attempts(), cell.broken(), cell::toString);
    }
  }

  private static Map<String, String> played(String scenario, List<String> told) throws Exception {
    Map<String, String> texts = new TreeMap<>();
    for (Cell cell : Guarantees.play(scenario, "", told::add)) {
      texts.put(cell.contender(), cell.text());
    }
    return texts;
  }

  /** Of what does not depend on who comes first. */
  @Test
  void eachContenderIsPlayed() throws Exception {
    List<String> missing = Guarantees.missing();
    boolean flask = missing.stream().noneMatch(line -> line.startsWith("Flask is left out"));
    boolean varnish = missing.stream().noneMatch(line -> line.startsWith("Varnish is left out"));
    List<String> told = new ArrayList<>();
    Map<String, String> sessions = new TreeMap<>();
    sessions.put("lms-redis", "held, 20 of 20");
    sessions.put("lms-files", "held, 20 of 20");
    sessions.put("spring-session-redis", "broken, 20 of 20");
    sessions.put("jetty-files", "broken, 20 of 20");
    if (flask) {
      sessions.put("flask", "broken, 20 of 20");
    }
    assertEquals(sessions, played("lost-increment", told));
    Map<String, String> pages = new TreeMap<>();
    pages.put("lms-pages", "held, 10 of 10");
    pages.put("spring-cache-caffeine", "broken, 10 of 10");
    pages.put("spring-cache-caffeine-sync", "broken, 10 of 10");
    if (flask) {
      pages.put("flask", "broken, 10 of 10");
    }
    if (varnish) {
      // A request with a cookie is nobody else's for it.
      pages.put("varnish", "held, 10 of 10");
    }
    assertEquals(pages, played("two-people", told));
    assertEquals(sessions.size() + pages.size(), told.size());
    assertEquals(List.of(), Guarantees.play("no-such-scenario", "", told::add));
  }

  @Test
  @Tag("long")
  void oursHoldWhateverIsPlayed() throws Exception {
    List<Cell> cells = Guarantees.play("", "", what -> {});
    int left = Guarantees.missing().isEmpty() ? 0 : 13;
    assertTrue(cells.size() >= Guarantees.CELLS - left, cells.size() + " cells");
    for (Cell cell : cells) {
      assertTrue(!cell.ours() || cell.broken() == 0, cell::toString);
    }
  }

  /** What meets on a site on Flask is seen to break there, and what cannot is seen to hold. */
  @Test
  void aSiteOnFlaskIsPlayedOverHttp() throws Exception {
    if (Flask.isMissing().isPresent()) {
      assertEquals(List.of(), Guarantees.play("vanished", "flask", what -> {}));
      return;
    }
    Map<String, Boolean> held = new TreeMap<>();
    for (String scenario :
        List.of("slow-request", "lost-update", "vanished", "endless-key", "slow-render")) {
      Cell cell = Guarantees.play(scenario, "flask", what -> {}).get(0);
      held.put(scenario, cell.broken() == 0);
    }
    assertEquals(
        Map.of(
            "slow-request", false,
            "lost-update", false,
            "vanished", true,
            "endless-key", true,
            "slow-render", false),
        held);
  }

  @Test
  void theTableSaysHowToRepeatACell() {
    String table =
        Guarantees.table(
            List.of(
                new Cell("G1", "slow-request", "nothing", "lms-redis", true, 20, 0, null),
                new Cell("G1", "slow-request", "nothing", "peer", false, 20, 2, "it is back")));
    assertEquals(1, table.lines().filter(line -> line.equals("G1, nothing")).count());
    assertTrue(table.contains("held, 20 of 20"), table);
    assertTrue(table.contains("lmsctl bench guarantees slow-request peer\n    it is back"), table);
  }
}
