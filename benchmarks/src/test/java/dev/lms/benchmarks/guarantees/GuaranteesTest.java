// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    List<String> told = new ArrayList<>();
    assertEquals(
        Map.of(
            "lms-redis", "held, 20 of 20",
            "lms-files", "held, 20 of 20",
            "spring-session-redis", "broken, 20 of 20",
            "jetty-files", "broken, 20 of 20"),
        played("lost-increment", told));
    assertEquals(
        Map.of(
            "lms-pages", "held, 10 of 10",
            "spring-cache-caffeine", "broken, 10 of 10",
            "spring-cache-caffeine-sync", "broken, 10 of 10"),
        played("two-people", told));
    assertEquals(7, told.size());
    assertEquals(List.of(), Guarantees.play("no-such-scenario", "", told::add));
  }

  @Test
  @Tag("long")
  void oursHoldWhateverIsPlayed() throws Exception {
    List<Cell> cells = Guarantees.play("", "", what -> {});
    assertEquals(Guarantees.CELLS, cells.size());
    for (Cell cell : cells) {
      assertTrue(!cell.ours() || cell.broken() == 0, cell::toString);
    }
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
