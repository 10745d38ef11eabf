// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands that the documents name are commands, with these options; the files are files. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("```(?:console)?\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SPAN = Pattern.compile("(?<!`)`([^`\n]+)`(?!`)");
  private static final Pattern LMSCTL =
      Pattern.compile("^(?:\\$ )?(?:[A-Z_]+=\\S* )*(?:\\./)?lmsctl((?: [^#]+)?)(?: +#.*)?$");
  private static final Pattern PROFILE = Pattern.compile("\\bmvn\\b.* -P(\\w+)");
  private static final Pattern SCRIPT =
      Pattern.compile("(?:^|\\s)((?:\\.ci/|lms-[\\w-]+/)[\\w.-]+)");

  /** As {@code picocli} takes them; nothing is run. */
  @Test
  void areUnderstood() throws IOException {
    TreeSet<String> refused = new TreeSet<>();
    int understood = 0;
    for (String line : lines()) {
      Matcher lmsctl = LMSCTL.matcher(line);
      if (lmsctl.matches() && !lmsctl.group(1).isBlank()) {
        String[] words = words(lmsctl.group(1));
        try {
          CommandLineInterface.commandsFor(List.of(), words).parseArgs(words);
          understood++;
        } catch (CommandLine.MissingParameterException e) {
          // "lmsctl user add" in a sentence names the command, not a call.
          if (line.contains(" --")) {
            refused.add(line + ": " + e.getMessage());
          }
        } catch (CommandLine.ParameterException e) {
          refused.add(line + ": " + e.getMessage());
        }
      }
    }
    assertEquals(new TreeSet<>(), refused);
    assertTrue(understood > 20, "only " + understood);
  }

  @Test
  void namesOfProfilesAndScriptsAreThoseOfTheProject() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    TreeSet<String> unknown = new TreeSet<>();
    for (String line : lines()) {
      PROFILE
          .matcher(line)
          .results()
          .filter(found -> !pom.contains("<id>" + found.group(1) + "</id>"))
          .forEach(found -> unknown.add(line));
      SCRIPT
          .matcher(line)
          .results()
          .filter(found -> !Files.exists(ROOT.resolve(found.group(1))))
          .forEach(found -> unknown.add(line));
    }
    unknown.removeIf(line -> line.contains("target/"));
    assertEquals(new TreeSet<>(), unknown);
  }

  /** Placeholders become what they stand for. */
  private static String[] words(String arguments) {
    String plain = arguments.strip().replaceAll("[\\[\\]]", "").replace("…", "");
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)").matcher(plain);
    while (word.find()) {
      String text = word.group().replaceAll("^[\"']|[\"']$", "");
      words.add(text.equals("N") ? "2" : text.equals("R") ? "student" : text);
    }
    return words.toArray(String[]::new);
  }

  private static List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      for (Path page : Stream.concat(Stream.of(ROOT.resolve("README.md")), docs).toList()) {
        if (page.toString().endsWith(".md")) {
          String text = Files.readString(page);
          BLOCK
              .matcher(text)
              .results()
              .forEach(block -> block.group(1).lines().forEach(lines::add));
          SPAN.matcher(BLOCK.matcher(text).replaceAll(""))
              .results()
              .forEach(s -> lines.add(s.group(1)));
        }
      }
    }
    return lines;
  }
}
