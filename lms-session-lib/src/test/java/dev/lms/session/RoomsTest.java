// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What sits on a floor of the library imports only from floors below it. */
class RoomsTest {
  private static final Path SOURCES = Path.of("src/main/java").toAbsolutePath();
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern NAMED =
      Pattern.compile("\\b(dev\\.lms\\.session(?:\\.[a-z]\\w*)*)\\.[A-Z]");

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(SOURCES)) {
      return all.filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("module-info.java"))
          .toList();
    }
  }

  /** Whatever it names, in an import or in full. */
  private static Map<String, Set<String>> imports() throws IOException {
    Map<String, Set<String>> imports = new TreeMap<>();
    for (Path file : files()) {
      String text = Files.readString(file).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", "");
      Matcher named = PACKAGE.matcher(text);
      assertTrue(named.find(), file.toString());
      String room = named.group(1);
      Set<String> others = imports.computeIfAbsent(room, first -> new TreeSet<>());
      NAMED.matcher(text).results().map(found -> found.group(1)).forEach(others::add);
      others.remove(room);
    }
    return imports;
  }

  /** Takes away, again and again, what imports nothing that is left. */
  @Test
  void noImportRunsBackUp() throws IOException {
    Map<String, Set<String>> left = imports();
    assertTrue(left.size() > 5, left.keySet() + " are not all packages");
    boolean taken = true;
    while (taken) {
      taken = left.values().removeIf(others -> others.stream().noneMatch(left::containsKey));
    }
    assertEquals(Map.of(), left, "they import each other");
  }

  @Test
  void theFrontKnowsNoStoreAndNoServerAndStoresDoNotKnowEachOther() throws IOException {
    String front = "dev.lms.session";
    List<String> stores =
        Stream.of(
                "cookie",
                "file",
                "jdbc",
                "memory",
                "redis",
                "httpserver",
                "servlet",
                "jfr",
                "micrometer",
                "opentelemetry")
            .map(room -> front + '.' + room)
            .toList();
    Set<String> wrong = new TreeSet<>();
    imports()
        .forEach(
            (room, others) ->
                stores.stream()
                    .filter(others::contains)
                    .forEach(other -> wrong.add(room + " imports " + other)));
    assertEquals(Set.of(), wrong);
  }
}
