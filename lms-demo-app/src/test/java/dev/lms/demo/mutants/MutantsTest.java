// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every guarantee has mutants, and every mutant is noticed by the tests it names: {@code mvn
 * -Pmutants verify}. A run without that profile checks that they still fit the code.
 */
class MutantsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int PATIENCE_MINUTES = 5;

  /** What the console launcher's exit code says: some tests ran and some failed. */
  private static final int RED = 1;

  /** Seen green without a mutant: once will do for all that name it. */
  private static final Set<String> GREEN = ConcurrentHashMap.newKeySet();

  static List<Mutant> mutants() {
    return Mutant.all(ROOT);
  }

  @Test
  void everyGuaranteeHasAMutant() {
    TreeSet<String> guarantees =
        Stream.concat(
                IntStream.rangeClosed(1, 12).mapToObj(number -> "G" + number),
                IntStream.rangeClosed(1, 8).mapToObj(number -> "P" + number))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        guarantees,
        mutants().stream().map(Mutant::guarantee).collect(Collectors.toCollection(TreeSet::new)));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void fitsTheCode(Mutant mutant) throws IOException {
    assertNotEquals(Files.readAllLines(mutant.module().resolve(mutant.target())), mutant.patched());
  }

  @Tag("mutants")
  @ParameterizedTest
  @MethodSource("mutants")
  void isNoticed(Mutant mutant, @TempDir Path folder) throws Exception {
    Path sound = mutant.module().resolve("target/classes");
    Path broken = Files.createDirectory(folder.resolve("classes"));
    mutant.plant(folder);
    compile(mutant, folder, broken);
    for (String test : mutant.red()) {
      if (!GREEN.contains(test)) {
        assertEquals(0, run(mutant, test, sound), test + " must be green without " + mutant);
        GREEN.add(test);
      }
      assertEquals(RED, run(mutant, test, broken), test + " must be red with " + mutant);
    }
  }

  private static void compile(Mutant mutant, Path folder, Path classes) throws IOException {
    Path java = folder.resolve("src/main/java");
    try (Stream<Path> files = Files.walk(java)) {
      List<String> arguments =
          Stream.concat(
                  Stream.of("-d", classes.toString(), "-cp", mutant.classPath(classes), "-nowarn"),
                  files
                      .map(Path::toString)
                      .filter(file -> file.endsWith(".java"))
                      .filter(file -> !file.endsWith("module-info.java")))
              .toList();
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new));
      assertEquals(0, result, mutant + " does not compile");
    }
    Path resources = folder.resolve("src/main/resources");
    if (Files.isDirectory(resources)) {
      try (Stream<Path> files = Files.walk(resources)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = classes.resolve(resources.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
  }

  /** In a process of its own, because its classes have the names of those here. */
  private static int run(Mutant mutant, String test, Path classes) throws Exception {
    Path log = Files.createTempFile(mutant.name(), ".log");
    Process tests =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-classpath",
                mutant.classPath(classes),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--disable-banner",
                "--details=tree",
                "--fail-if-no-tests",
                test.contains("#") ? "--select-method=" + test : "--select-class=" + test)
            .directory(mutant.module().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertTrue(tests.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES), test + " did not end");
      System.out.println(mutant + ", " + test + ":\n" + Files.readString(log));
      return tests.exitValue();
    } finally {
      tests.destroyForcibly();
      Files.delete(log);
    }
  }
}
