// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The packages of the page cache are rooms on floors: what may stand in them, and who sees whom.
 */
class RoomsTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?(dev\\.lms\\.pagecache[a-z.]*)\\.[A-Z]");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/");
  private static final String FRONT = "dev.lms.pagecache";
  private static final int MOST_CODE_OF_AN_ADAPTER = 350;

  private final Map<String, List<Path>> rooms = new TreeMap<>();
  private final Map<String, Set<String>> seen = new TreeMap<>();

  RoomsTest() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        PACKAGE
            .matcher(text)
            .results()
            .forEach(
                found -> {
                  String room = found.group(1);
                  rooms.computeIfAbsent(room, first -> new ArrayList<>()).add(file);
                  Set<String> others = seen.computeIfAbsent(room, first -> new TreeSet<>());
                  IMPORT.matcher(text).results().forEach(other -> others.add(other.group(1)));
                  others.remove(room);
                });
      }
    }
  }

  @Test
  void noRoomLeadsBackToItself() {
    for (String room : rooms.keySet()) {
      Set<String> below = new HashSet<>();
      List<String> open = new ArrayList<>(seen.getOrDefault(room, Set.of()));
      while (!open.isEmpty()) {
        String next = open.remove(open.size() - 1);
        if (below.add(next)) {
          open.addAll(seen.getOrDefault(next, Set.of()));
        }
      }
      assertTrue(!below.contains(room), room + " leads back to itself through " + below);
    }
  }

  @Test
  void onlyAdaptersAndThoseWhoWatchSeeTheFront() {
    Set<String> users = new TreeSet<>();
    seen.forEach(
        (room, others) -> {
          if (others.contains(FRONT)) {
            users.add(room);
          }
        });
    assertEquals(
        Stream.of("adapter", "httpserver", "jfr", "micrometer", "opentelemetry", "servlet")
            .map(room -> FRONT + '.' + room)
            .collect(Collectors.toSet()),
        users);
  }

  /** Lines of code of the adapter to the JDK's server. */
  @Test
  void theAdapterIsThin() throws IOException {
    long lines = 0;
    for (Path file : requireNonNull(rooms.get(FRONT + ".httpserver"))) {
      String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
      lines +=
          code.lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("//"))
              .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
              .count();
    }
    assertTrue(lines <= MOST_CODE_OF_AN_ADAPTER, lines + " lines");
  }
}
