// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What stands in code blocks and code spans of README, CONTRIBUTING and the documents. */
final class DocumentedLines {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> SHELL = Set.of("", "console");
  private static final Pattern SPAN = Pattern.compile("(?<!`)`([^`\n]+)`(?!`)");
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?:\\./)?lmsctl [^#]+"
              + "|(?:[A-Z_]+=\\S+ )*(?:mvn|jlink|taskset|image/bin/java) -?[^#]+"
              + "|(?:[A-Z_]+=\\S+ )+(?:\\./)?lmsctl [^#]+"
              + "|SECRET_KEY=\\$\\(.*\\) mvn .+"
              + "|java -jar \\S+\\.jar.*|git clone .+|apt-get .+|nginx -.+|systemd-analyze .+"
              + "|(?:mkdir|cp) .+|\\.ci/\\w+|lms-pagecache-lib/conformance\\.sh .+|mvn verify.*");

  private DocumentedLines() {}

  static List<String> all() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String page : List.of("README.md", "CONTRIBUTING.md", "benchmarks/README.md")) {
      pages.add(ROOT.resolve(page));
    }
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    }
    List<String> lines = new ArrayList<>();
    for (Path page : pages) {
      add(Files.readString(page), lines);
    }
    return lines;
  }

  private static void add(String text, List<String> lines) {
    boolean inBlock = false;
    boolean isShell = false;
    for (String line : text.replace("\\\n", " ").lines().toList()) {
      if (line.startsWith("```")) {
        inBlock = !inBlock;
        isShell = inBlock && SHELL.contains(line.substring(3).strip());
      } else if (isShell) {
        lines.add(line);
      } else if (!inBlock) {
        SPAN.matcher(line).results().forEach(span -> lines.add(span.group(1)));
      }
    }
  }

  /** The commands among them, as one types them, without prompts, comments and {@code ./}. */
  static SortedSet<String> commands() throws IOException {
    SortedSet<String> commands = new TreeSet<>();
    for (String line : all()) {
      String typed = line.strip().replaceFirst("^\\$ ", "").replaceFirst("\\s+#.*$", "");
      if (COMMAND.matcher(typed).matches()) {
        commands.add(typed.replaceAll("\\s+", " ").replace("./lmsctl", "lmsctl"));
      }
    }
    return commands;
  }
}
