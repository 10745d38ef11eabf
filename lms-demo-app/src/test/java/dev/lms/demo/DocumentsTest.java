// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents say is shown by a test is shown by a test that exists. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern METRIC = Pattern.compile("\"lms_\\w+[a-z]\"");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

  @ParameterizedTest
  @ValueSource(strings = {"docs/guarantees.md", "docs/asvs.md"})
  void theTestsItNamesExist(String document) throws IOException {
    TreeSet<String> named =
        TEST.matcher(Files.readString(ROOT.resolve(document)))
            .results()
            .map(found -> found.group(1) + "#" + found.group(2))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(named.size() > 20, "only " + named);
    Map<String, String> tests = tests();
    named.removeIf(name -> isIn(tests, name.split("#", 2)));
    assertEquals(new TreeSet<>(), named, "named in " + document + " and nowhere to be found");
  }

  @Test
  void everyMetricIsNamedAndNoOther() throws IOException {
    TreeSet<String> written = new TreeSet<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("lms-demo-app/src/main/java"))) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(
              file -> METRIC.matcher(read(file)).results().forEach(m -> written.add(m.group())));
    }
    written.removeAll(Set.of("\"lms_login\"", "\"lms_example_total\""));
    TreeSet<String> named = new TreeSet<>();
    Pattern.compile("`(lms_\\w+)`")
        .matcher(read(ROOT.resolve("docs/reference/metrics.md")))
        .results()
        .forEach(name -> named.add('"' + name.group(1) + '"'));
    assertEquals(written, named);
  }

  private static boolean isIn(Map<String, String> tests, String[] classAndMethod) {
    return tests.getOrDefault(classAndMethod[0], "").contains("void " + classAndMethod[1] + "(");
  }

  /** The text of every test class by its simple name; of namesakes, all of them. */
  private static Map<String, String> tests() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 12)) {
      return files
          .filter(file -> file.toString().contains("src/test/java"))
          .filter(file -> file.toString().endsWith(".java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  DocumentsTest::read,
                  String::concat));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
