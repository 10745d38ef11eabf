// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.server.RedisServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs on the module path, below each library's {@code src/it/modules}: they compile without a
 * warning and run, on the JDK that runs this and on a JDK 17 if there is one beside it, with
 * nothing on the module path but the built jars that they ask for.
 */
class ModularProgramsIT {
  private static final int PATIENCE_SECONDS = 60;
  private static final Path SESSIONS = jar("lms-session-lib");
  private static final Path PAGES = jar("lms-pagecache-lib");
  private static final Path CAFFEINE = jar("caffeine");
  private static final List<Path> JUNIT =
      jars("(junit-|opentest4j|apiguardian|jspecify|picocli|open-test-reporting).*");

  private static final Pattern SUCCESSES = Pattern.compile("\\[ +(\\d+) tests successful");

  @TempDir Path temporary;

  @Test
  void sessionsInFilesNeedNothingElse() throws Exception {
    Program program = new Program("lms-session-lib", "files", List.of(SESSIONS));
    for (Path jdk : jdks()) {
      Path classes = program.compile(jdk);
      String data = temporary.resolve("sessions-" + jdk.getFileName()).toString();
      assertEquals("Files: visit 2\n", program.run(jdk, classes, data));
      if (jdk.equals(Jdks.own())) {
        assertAnImageHoldsNothingElse(program, classes);
      }
    }
  }

  private void assertAnImageHoldsNothingElse(Program program, Path classes) throws Exception {
    Path image = temporary.resolve("image");
    run(
        Jdks.own(),
        "jlink",
        List.of("--module-path", path(List.of(SESSIONS, classes))),
        List.of("--add-modules", program.module(), "--output", image));
    assertEquals(
        List.of("dev.lms.session", "java.base", program.module()),
        run(image, "java", List.of("--list-modules"))
            .lines()
            .map(line -> line.replaceAll("@.*", ""))
            .sorted()
            .toList());
    String data = temporary.resolve("sessions").toString();
    assertEquals("Files: visit 2\n", run(image, "java", List.of("-m", program.main(), data)));
  }

  @Test
  void sessionsInRedisNeedJedis() throws Exception {
    Program program =
        new Program(
            "lms-session-lib",
            "redis",
            List.of(SESSIONS, jar("jedis"), jar("commons-pool2"), jar("slf4j-api")));
    try (RedisServer redis = RedisServer.start()) {
      for (Path jdk : jdks()) {
        String said = program.run(jdk, program.compile(jdk), redis.url());
        assertTrue(said.endsWith("Redis: visit 2\n"), said);
      }
    }
  }

  @Test
  void pagesNeedCaffeine() throws Exception {
    Program program = new Program("lms-pagecache-lib", "pages", List.of(PAGES, CAFFEINE));
    for (Path jdk : jdks()) {
      assertEquals("Pages: renders 112\n", program.run(jdk, program.compile(jdk)));
    }
  }

  @Test
  void aStoreOfFortyLinesPassesTheContract() throws Exception {
    List<Path> jars = new ArrayList<>(JUNIT);
    jars.addAll(List.of(SESSIONS, beside(SESSIONS, "contract"), beside(SESSIONS, "testkit")));
    Program program = new Program("lms-session-lib", "store", jars);
    Path store = program.sources.resolve("reader/store/MapStore.java");
    assertTrue(Files.readAllLines(store).size() <= 40, "lines of " + store);
    assertPasses(60, program, "MapStoreTest", "VisitsTest");
  }

  @Test
  void aStoreOfPagesOfFiftyLinesPassesTheContract() throws Exception {
    List<Path> jars = new ArrayList<>(JUNIT);
    jars.addAll(List.of(PAGES, CAFFEINE, beside(PAGES, "contract")));
    assertPasses(20, new Program("lms-pagecache-lib", "pagestore", jars), "MapPageStoreTest");
  }

  /** On the module path, and on the class path of the oldest JDK there is. */
  private void assertPasses(int least, Program program, String... classes) throws Exception {
    List<Path> jdks = jdks();
    Path oldest = jdks.get(jdks.size() - 1);
    String path = path(program.jars) + File.pathSeparator + program.compile(oldest);
    String console = "org.junit.platform.console";
    List<String> tests = List.of("execute", "--details=summary", "--disable-banner");
    String onModulePath =
        run(
            Jdks.own(),
            "java",
            List.of(
                "--module-path",
                path,
                "--add-modules",
                "org.junit.jupiter.engine," + program.module()),
            List.of("--module", console),
            tests,
            List.of("--select-module=" + program.module()));
    String onClassPath =
        run(
            oldest,
            "java",
            List.of("-classpath", path, console + ".ConsoleLauncher"),
            tests,
            Stream.of(classes)
                .map(name -> "--select-class=" + program.module() + '.' + name)
                .toList());
    assertEquals(successes(onModulePath), successes(onClassPath));
    assertTrue(successes(onModulePath) >= least, onModulePath);
  }

  private static int successes(String said) {
    Matcher found = SUCCESSES.matcher(said);
    assertTrue(found.find(), said);
    return Integer.parseInt(found.group(1));
  }

  @Test
  void whoeverUsesAFilterIsToldToRequireTheHttpServer() throws Exception {
    assertNamesTheHttpServer("dev.lms.session", "SessionFilter", List.of(SESSIONS));
    assertNamesTheHttpServer("dev.lms.pagecache", "PageCacheFilter", List.of(PAGES, CAFFEINE));
  }

  private void assertNamesTheHttpServer(String library, String filter, List<Path> jars)
      throws Exception {
    Path folder = Files.createDirectory(temporary.resolve(library));
    Path descriptor = folder.resolve("module-info.java");
    Files.writeString(descriptor, "module reader { requires " + library + "; }");
    Path program = folder.resolve("Reader.java");
    Files.writeString(
        program,
        "class Reader { com.sun.net.httpserver.Filter of(%s.httpserver.%s f) { return f; } }"
            .formatted(library, filter));
    Ended javac =
        end(
            Jdks.own(),
            "javac",
            List.of("-d", folder, "--module-path", path(jars), descriptor, program));
    assertEquals(1, javac.status(), javac.output());
    assertTrue(javac.output().contains("jdk.httpserver"), javac.output());
  }

  /** A program of a module and what it finds on its module path. */
  private final class Program {
    private final String name;
    private final Path sources;
    private final List<Path> jars;

    Program(String library, String name, List<Path> jars) {
      this.name = name;
      this.sources =
          Path.of("..", library, "src/it/modules", name, "src/main/java").toAbsolutePath();
      this.jars = jars;
    }

    String module() {
      return "reader." + name;
    }

    String main() {
      return module() + '/' + module() + ".Main";
    }

    /** Returns the folder of its classes. */
    Path compile(Path jdk) throws Exception {
      Path classes = temporary.resolve(name + "-by-" + jdk.getFileName());
      List<Object> arguments = new ArrayList<>();
      arguments.addAll(List.of("-Xlint:all,-requires-automatic", "-Werror", "-d", classes));
      arguments.addAll(List.of("--module-path", path(jars)));
      try (Stream<Path> files = Files.walk(sources)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(arguments::add);
      }
      assertEquals("", ModularProgramsIT.run(jdk, "javac", arguments));
      return classes;
    }

    String run(Path jdk, Path classes, String... arguments) throws Exception {
      List<Object> all = new ArrayList<>();
      all.addAll(List.of("--module-path", path(jars) + File.pathSeparator + classes));
      all.addAll(List.of("--module", main()));
      all.addAll(List.of(arguments));
      return ModularProgramsIT.run(jdk, "java", all);
    }
  }

  /** The one that runs this, and a JDK 17, whose absence {@link LibrariesOnJava17IT} tells. */
  private static List<Path> jdks() throws IOException {
    return Stream.concat(Stream.of(Jdks.own()), Jdks.jdk17().stream()).toList();
  }

  /** A jar that this test was given. */
  private static Path jar(String artifact) {
    List<Path> found = jars(artifact + "-\\d[^-]*(-SNAPSHOT)?\\.jar");
    assertEquals(1, found.size(), "jars of " + artifact);
    return found.get(0);
  }

  private static List<Path> jars(String names) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(file -> file.getFileName().toString().matches(names))
        .toList();
  }

  /** What is built with a library. */
  private static Path beside(Path library, String classifier) {
    return library.resolveSibling(
        library.getFileName().toString().replace(".jar", "-" + classifier + ".jar"));
  }

  private static String path(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** What it printed, where it succeeded. */
  private static String run(Path jdk, String tool, List<?>... arguments) throws Exception {
    Ended ended = end(jdk, tool, Stream.of(arguments).flatMap(List::stream).toList());
    assertEquals(0, ended.status(), () -> tool + " of " + jdk + ": " + ended.output());
    return ended.output();
  }

  private record Ended(int status, String output) {}

  private static Ended end(Path jdk, String tool, List<?> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin").resolve(tool).toString());
    // None lives long enough to repay the second compiler.
    String before = tool.equals("java") ? "" : "-J";
    command.addAll(List.of(before + "-XX:TieredStopAtLevel=1", before + "-XX:+UseSerialGC"));
    arguments.forEach(argument -> command.add(argument.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "does not end: " + command);
      return new Ended(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }
}
