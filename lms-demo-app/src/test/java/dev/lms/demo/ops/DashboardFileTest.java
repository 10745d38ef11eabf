// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard and the runbook ask for figures that there are. Grafana itself is not run. */
class DashboardFileTest {
  private static final Pattern FIGURE = Pattern.compile("lms_[a-z_]+");

  private static Set<String> figures(String text) {
    return FIGURE
        .matcher(text)
        .results()
        .map(found -> found.group().replaceFirst("_bucket$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyFigureOfTheDashboardIsInTheReference() throws IOException {
    JsonObject file =
        JsonParser.parseString(Files.readString(Path.of("..", "deploy", "grafana.json")))
            .getAsJsonObject();
    Set<String> asked = new TreeSet<>();
    for (JsonElement panel : file.getAsJsonArray("panels")) {
      for (JsonElement target : panel.getAsJsonObject().getAsJsonArray("targets")) {
        asked.addAll(figures(target.getAsJsonObject().get("expr").getAsString()));
      }
    }
    assertTrue(asked.size() > 15, asked.toString());
    assertKnown(asked);
  }

  @Test
  void everyFigureThatOperatorsAreToLookAtIsInTheReference() throws IOException {
    Set<String> asked = figures(Files.readString(Path.of("..", "docs", "operations.md")));
    assertTrue(asked.size() > 10, asked.toString());
    assertKnown(asked);
  }

  private static void assertKnown(Set<String> asked) throws IOException {
    asked.removeAll(figures(Files.readString(Path.of("..", "docs", "reference", "metrics.md"))));
    assertEquals(Set.of(), asked, "unknown");
  }
}
