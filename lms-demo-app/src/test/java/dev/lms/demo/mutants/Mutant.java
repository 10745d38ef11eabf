// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.mutants;

import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.patch.PatchFailedException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A small patch that breaks one guarantee. Its file, {@code src/test/mutants/G2/what.patch} of the
 * module it breaks, says what it does, names with {@code Red:} the tests that must notice, and ends
 * with a unified diff of one file.
 *
 * @param module the folder of the module it breaks
 * @param name the guarantee and the name of its file, as {@code G2-what}
 * @param red the tests that must fail, as {@code class#method}
 * @param target the file it changes, below the module
 * @param diff the lines of the diff
 */
record Mutant(Path module, String name, List<String> red, Path target, List<String> diff) {
  private static final String RED = "Red: ";
  private static final String TARGET = "+++ b/";

  /** The guarantee it breaks: G1 to G12, P1 to P8. */
  String guarantee() {
    return name.substring(0, name.indexOf('-'));
  }

  /** Those of all modules, in order of their names. */
  static List<Mutant> all(Path root) {
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve("src/test/mutants"))
          .filter(Files::isDirectory)
          .sorted()
          .flatMap(folder -> of(folder).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Mutant> of(Path folder) {
    Path module = folder.resolve("../../..").normalize();
    try (Stream<Path> files = Files.find(folder, 2, (file, facts) -> facts.isRegularFile())) {
      return files
          .filter(file -> file.toString().endsWith(".patch"))
          .sorted()
          .map(file -> read(module, folder.relativize(file), file))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Mutant read(Path module, Path place, Path file) {
    String name =
        StreamSupport.stream(place.spliterator(), false)
            .map(Path::toString)
            .collect(Collectors.joining("-"))
            .replace(".patch", "");
    try {
      List<String> lines = Files.readAllLines(file);
      List<String> red =
          lines.stream()
              .filter(line -> line.startsWith(RED))
              .map(line -> line.substring(RED.length()).strip())
              .toList();
      List<String> targets =
          lines.stream()
              .filter(line -> line.startsWith(TARGET))
              .map(line -> line.substring(TARGET.length()).split("\t", 2)[0].strip())
              .toList();
      if (red.isEmpty() || targets.size() != 1) {
        throw new IllegalArgumentException(
            file + " needs a line 'Red: class#method' and a diff of just one file");
      }
      int start = lines.indexOf(lines.stream().filter(l -> l.startsWith("--- ")).findFirst().get());
      return new Mutant(
          module, name, red, Path.of(targets.get(0)), lines.subList(start, lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The target as this mutant wants it. */
  List<String> patched() throws IOException {
    try {
      // No fuzz in the text; only the place may have moved.
      return UnifiedDiffUtils.parseUnifiedDiff(diff)
          .applyFuzzy(Files.readAllLines(module.resolve(target)), 0);
    } catch (PatchFailedException e) {
      throw new IllegalStateException(
          name + " does not fit " + target + " any more; make it again from today's text", e);
    }
  }

  /** Copies the module's main sources and resources into a folder and breaks them. */
  void plant(Path folder) throws IOException {
    Path main = module.resolve("src/main");
    try (Stream<Path> files = Files.walk(main)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve("src/main").resolve(main.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Files.write(folder.resolve(target), patched());
  }

  /** The class path of the module's tests, with other main classes than the module's own. */
  String classPath(Path classes) {
    List<String> parts = new ArrayList<>();
    parts.add(classes.toString());
    parts.add(module.resolve("target/test-classes").toString());
    parts.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, parts);
  }

  @Override
  public String toString() {
    return name;
  }
}
