// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs the libraries' own tests on a JDK 17, the oldest they support, if this machine has one
 * beside the JDK that runs this; says so if it has none.
 */
class LibrariesOnJava17IT {
  private static final int PATIENCE_MINUTES = 60;

  /**
   * The contracts of the stores and the filters on the JVM's own server. The others tell of
   * networks, disks and chance: one run of these will do, and the compiler knows what is missing.
   */
  private static final String MEETS_THE_JVM =
      ".*\\.(MemorySessionStore|FileSessionStore|RedisSessionStore|JsonKey|SessionFilter"
          + "|LocalPageStore|RedisPageStore|PageCacheFilter|Rfc9111Filter)Test";

  private static final String ALL = ".*Test";

  @Test
  void theTestsPassThatMayDependOnTheJvm() throws Exception {
    theTestsPass(MEETS_THE_JVM);
  }

  @Test
  @Tag("long")
  void allTestsPass() throws Exception {
    theTestsPass(ALL);
  }

  /** Not that it knows no such version of class files. */
  @Test
  void theSiteSaysThatItNeedsMore() throws Exception {
    Optional<Path> jdk = Jdks.jdk17();
    if (jdk.isEmpty()) {
      System.out.println("No JDK 17 beside " + Jdks.own() + ": the site not started on it");
      return;
    }
    Process site =
        new ProcessBuilder(
                jdk.get().resolve("bin/java").toString(),
                "-jar",
                "target/lms-demo-app.jar",
                "serve")
            .redirectErrorStream(true)
            .start();
    String said = new String(site.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(69, site.waitFor(), said);
    assertTrue(said.startsWith("lms needs a JDK 25 or newer, and this is Java 17: use lmsctl"));
    assertEquals(1, said.lines().count(), said);
  }

  private static void theTestsPass(String classes) throws Exception {
    Optional<Path> jdk = Jdks.jdk17();
    if (jdk.isEmpty()) {
      System.out.println("No JDK 17 beside " + Jdks.own() + ": the libraries not tested on it");
      return;
    }
    // One after the other: others are at work beside this as well.
    for (String library : List.of("lms-session-lib", "lms-pagecache-lib")) {
      try (Run tests = Run.start(library, jdk.get(), classes)) {
        tests.assertPasses();
      }
    }
  }

  /** The tests of one library, in a process of their own. */
  private record Run(String library, Process tests, Path log) implements AutoCloseable {
    static Run start(String library, Path jdk, String classes) throws IOException {
      Path target = Path.of("..", library, "target").toAbsolutePath().normalize();
      Path log = Files.createTempFile(library, ".log");
      Process tests =
          new ProcessBuilder(
                  jdk.resolve("bin/java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  // Another on the class path needs Java 21.
                  "-Dcom.sun.net.httpserver.HttpServerProvider="
                      + "sun.net.httpserver.DefaultHttpServerProvider",
                  "-classpath",
                  classPath(target),
                  "org.junit.platform.console.ConsoleLauncher",
                  "execute",
                  "--details=summary",
                  "--disable-banner",
                  "--exclude-tag=long",
                  "--include-classname=" + classes,
                  "--scan-classpath=" + target.resolve("test-classes"))
              .directory(target.resolve("..").toFile())
              .redirectOutput(log.toFile())
              // What the library logs would bury the report.
              .redirectError(target.resolve("java17.log").toFile())
              .start();
      return new Run(library, tests, log);
    }

    void assertPasses() throws Exception {
      assertTrue(tests.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES), library + " did not end");
      assertEquals(0, tests.exitValue(), Files.readString(log));
      System.out.println(library + " on Java 17:\n" + Files.readString(log));
    }

    @Override
    public void close() throws IOException {
      tests.destroyForcibly();
      Files.delete(log);
    }
  }

  /** The library as it was compiled, and everything that this test was given but the site. */
  private static String classPath(Path target) {
    String site = Path.of("target").toAbsolutePath().toString();
    Stream<String> given =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.startsWith(site));
    return Stream.concat(
            Stream.of(
                target.resolve("test-classes").toString(), target.resolve("classes").toString()),
            given)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
