// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The README and the pages under docs: each fragment of a program stands in one that the build
 * compiles, and runs, below src/it of a library or in the tests on other servers; their links lead
 * somewhere, and some link leads to each of them.
 */
class ReadmeTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path README = TOP.resolve("README.md");
  private static final Path PROGRAMS = Path.of("src/it/examples");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern XML = Pattern.compile("```xml\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern VERSION = Pattern.compile("<version>(.+?)</version>");
  private static final Pattern CODE = Pattern.compile("```.*?```|`[^`\n]*`", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

  @Test
  void theFirstProgramIsTheOneThatTheBuildRuns() throws IOException {
    String program = Files.readString(PROGRAMS.resolve("Hello.java"));
    Matcher block = JAVA.matcher(Files.readString(README));
    assertTrue(block.find(), "the README has a java block");
    assertEquals(program, block.group(1));
    assertTrue(program.lines().count() < 20, "a program under 20 lines");
  }

  /** Apart from how deep its lines are indented. */
  @Test
  void everyFragmentIsOneThatTheBuildCompiles() throws IOException {
    List<String> programs = new ArrayList<>();
    for (String folder :
        List.of(
            "lms-session-lib/src/it",
            "lms-pagecache-lib/src/it",
            "lms-pagecache-lib/servers/src/test/java")) {
      try (Stream<Path> files = Files.walk(TOP.resolve(folder))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(file -> programs.add(flat(read(file))));
      }
    }
    List<String> unknown = new ArrayList<>();
    int fragments = 0;
    for (Path page : documents()) {
      for (MatchResult block : JAVA.matcher(read(page)).results().toList()) {
        fragments++;
        if (programs.stream().noneMatch(program -> program.contains(flat(block.group(1))))) {
          unknown.add(TOP.relativize(page) + ": " + block.group(1));
        }
      }
    }
    assertEquals(List.of(), unknown);
    assertTrue(fragments > 10, "only " + fragments);
  }

  private static String flat(String program) {
    return program.lines().map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
  }

  @Test
  void everyVersionToCopyIsTheOneThatTheBuildUses() throws IOException {
    String parent = read(TOP.resolve("pom.xml"));
    List<String> others = new ArrayList<>();
    for (Path page : documents()) {
      for (MatchResult block : XML.matcher(read(page)).results().toList()) {
        VERSION
            .matcher(block.group(1))
            .results()
            .map(version -> version.group(1))
            .filter(version -> !version.equals("1") && !parent.contains('>' + version + '<'))
            .forEach(version -> others.add(TOP.relativize(page) + ": " + version));
      }
    }
    assertEquals(List.of(), others);
  }

  @Test
  void aFrontDoorIsShort() throws IOException {
    assertTrue(Files.readString(README).lines().count() <= 200, "the README has at most 200 lines");
  }

  @Test
  void everyLinkLeadsSomewhereAndToEveryPageLeadsOne() throws IOException {
    List<String> broken = new ArrayList<>();
    Set<Path> reached = new HashSet<>(Set.of(README));
    for (Path page : documents()) {
      Matcher link = LINK.matcher(CODE.matcher(read(page)).replaceAll(""));
      while (link.find()) {
        if (!link.group(1).matches("[a-z]+:.*")) {
          check(page, link.group(1), reached, broken);
        }
      }
    }
    assertEquals(List.of(), broken);
    List<Path> unreached = new ArrayList<>(documents());
    unreached.removeIf(page -> reached.contains(page) || !page.startsWith(TOP.resolve("docs")));
    assertEquals(List.of(), unreached);
  }

  private static void check(Path page, String link, Set<Path> reached, List<String> broken) {
    String[] parts = link.split("#", 2);
    Path target =
        parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).toAbsolutePath().normalize();
    reached.add(target);
    if (!Files.exists(target)
        || (parts.length == 2 && !read(target).isEmpty() && !anchors(target).contains(parts[1]))) {
      broken.add(TOP.relativize(page) + ": " + link);
    }
  }

  /** As GitHub names the headings of a page. */
  private static Set<String> anchors(Path page) {
    return HEADING
        .matcher(read(page))
        .results()
        .map(found -> found.group(1).toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.walk(TOP.resolve("docs"));
        Stream<Path> top = Files.list(TOP)) {
      return Stream.concat(Stream.concat(top, docs), Stream.of(TOP.resolve("benchmarks/README.md")))
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static String read(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new AssertionError(page.toString(), e);
    }
  }
}
