// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** What sits on a floor of the demo imports only from floors below it. */
class RoomsTest {
  private static final Path SOURCES = Path.of("src/main/java").toAbsolutePath();
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?(dev\\.lms\\.demo(?:\\.[a-z]\\w*)*)\\.[A-Z]");

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(SOURCES)) {
      return all.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static Map<String, Set<String>> imports() throws IOException {
    Map<String, Set<String>> imports = new TreeMap<>();
    for (Path file : files()) {
      String text = Files.readString(file);
      Matcher named = PACKAGE.matcher(text);
      assertEquals(true, named.find(), file.toString());
      String room = named.group(1);
      Set<String> others = imports.computeIfAbsent(room, first -> new TreeSet<>());
      IMPORT.matcher(text).results().map(found -> found.group(1)).forEach(others::add);
      others.remove(room);
    }
    return imports;
  }

  /** Takes away, again and again, what imports nothing that is left. */
  @Test
  void noImportRunsBackUp() throws IOException {
    Map<String, Set<String>> left = imports();
    boolean taken = true;
    while (taken) {
      taken = left.values().removeIf(others -> others.stream().noneMatch(left::containsKey));
    }
    assertEquals(Map.of(), left, "they import each other");
  }

  @Test
  void theGroundFloorHoldsTheBeginningAndTheListOfFeaturesOnly() throws IOException {
    List<String> root =
        files().stream()
            .filter(
                file -> file.equals(SOURCES.resolve("dev/lms/demo").resolve(file.getFileName())))
            .map(file -> file.getFileName().toString())
            .sorted()
            .toList();
    assertEquals(List.of("App.java", "Main.java", "Start.java", "package-info.java"), root);
  }
}
