// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real lmsctl among JDKs that only say their name. */
class LauncherTest {
  private static final Path LMSCTL = Path.of("..", "lmsctl").toAbsolutePath().normalize();

  @TempDir Path temporary;
  private Path root = Path.of("");
  private Path tools = Path.of("");
  private final Map<String, String> env = new HashMap<>();

  private record Ended(int exitCode, String output, String errors) {}

  @BeforeEach
  void layOut() throws IOException {
    root = Files.createDirectory(temporary.toRealPath().resolve("a b"));
    // Only what the launcher may use, so that no real java is found.
    tools = Files.createDirectory(root.resolve("tools"));
    for (String tool : List.of("sh", "sed", "head", "find", "readlink", "touch", "mkdir", "date")) {
      for (String folder : List.of("/usr/bin", "/bin")) {
        Path real = Path.of(folder, tool);
        if (Files.isExecutable(real) && !Files.exists(tools.resolve(tool))) {
          Files.createSymbolicLink(tools.resolve(tool), real);
        }
      }
    }
    env.put("PATH", tools.toString());
    Files.copy(LMSCTL, Files.createDirectory(root.resolve("app")).resolve("lmsctl"));
    executable(root.resolve("app/lmsctl"));
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    executable(file);
  }

  private Path jdk(String name, String version) throws IOException {
    Path folder = root.resolve("jvm").resolve(name);
    script(folder.resolve("bin/java"), "echo " + name + " runs \"$@\"");
    Files.writeString(
        folder.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return folder;
  }

  private void jarBeside() throws IOException {
    Files.writeString(root.resolve("app/lms-demo-app.jar"), "jar");
  }

  private Ended run(Path lmsctl, Path from, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(lmsctl.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(from.toFile());
    builder.environment().clear();
    builder.environment().putAll(env);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), output, errors);
  }

  private Ended run(String... arguments) throws Exception {
    return run(root.resolve("app/lmsctl"), root, arguments);
  }

  @Test
  void eachPlaceIsLookedAtInTurn() throws Exception {
    jarBeside();
    jdk("java-17", "17.0.15");
    Path own = jdk("own", "25");
    Path home = jdk("home", "26-ea");
    Path onPath = jdk("on-path", "25.0.3");
    String jar = root.resolve("app/lms-demo-app.jar").toString();

    env.put("LMS_JAVA_HOME", own.toString());
    env.put("JAVA_HOME", home.toString());
    env.put("PATH", tools + ":" + root.resolve("jvm/java-17/bin") + ":" + onPath.resolve("bin"));
    assertEquals("own runs -jar " + jar + " version\n", run("version").output());

    env.put("LMS_JAVA_HOME", root.resolve("jvm/java-17").toString());
    assertEquals("home runs -jar " + jar + "\n", run().output());

    env.put("JAVA_HOME", root.resolve("nowhere").toString());
    env.remove("LMS_JAVA_HOME");
    assertEquals("on-path runs -jar " + jar + "\n", run().output());
  }

  @Test
  void theNewestNeighbourOfTheDefaultJavaIsFoundThroughItsLinks() throws Exception {
    jarBeside();
    Path old = jdk("java-17", "17.0.15");
    jdk("java-25", "25.0.1");
    jdk("java-27", "27");
    jdk("java-8", "1.8.0_402");
    Path link = Files.createSymbolicLink(root.resolve("java-link"), old.resolve("bin/java"));
    Files.createSymbolicLink(tools.resolve("java"), link);
    assertTrue(run().output().startsWith("java-27 runs"));
  }

  @Test
  void aJdkWithoutAReleaseFileIsAsked() throws Exception {
    jarBeside();
    Path folder = root.resolve("jvm/bare");
    script(
        folder.resolve("bin/java"),
        "[ \"$1\" = -version ] && echo 'openjdk version \"25.0.2\" 2026-01-20' >&2 || echo bare");
    env.put("JAVA_HOME", folder.toString());
    assertEquals("bare\n", run().output());
  }

  @Test
  void withoutAJdkOneLineSaysWhatWasLookedForAndWhere() throws Exception {
    jarBeside();
    Path old = jdk("java-17", "17.0.15");
    env.put("JAVA_HOME", root.resolve("nowhere").toString());
    Files.createSymbolicLink(tools.resolve("java"), old.resolve("bin/java"));
    Ended ended = run("serve");
    assertEquals(69, ended.exitCode());
    assertEquals(
        "lmsctl: needs a JDK 25 or newer; looked in LMS_JAVA_HOME (not set), JAVA_HOME="
            + root.resolve("nowhere")
            + " (no JDK there), "
            + tools.resolve("java")
            + " on the PATH (Java 17), beside it in "
            + root.resolve("jvm")
            + "\n",
        ended.errors());
    Files.delete(tools.resolve("java"));
    assertTrue(run().errors().endsWith(", PATH (no java)\n"));
  }

  @Test
  void itMayBeCalledFromAnywhereAndThroughLinks() throws Exception {
    jarBeside();
    env.put("JAVA_HOME", jdk("own", "25").toString());
    Path bin = Files.createDirectory(root.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("one"), Path.of("../app/lmsctl"));
    Files.createSymbolicLink(bin.resolve("two"), bin.resolve("one"));
    String expected = "own runs -jar " + root.resolve("app/lms-demo-app.jar") + " key generate\n";
    assertEquals(expected, run(bin.resolve("two"), Path.of("/"), "key", "generate").output());
    env.put("PATH", tools + ":" + root.resolve("app"));
    assertEquals(
        expected, run(Path.of("./lmsctl"), root.resolve("app"), "key", "generate").output());
  }

  @Test
  void theExitCodeIsTheProgramsOwn() throws Exception {
    jarBeside();
    Path folder = jdk("own", "25");
    script(folder.resolve("bin/java"), "exit 78");
    env.put("JAVA_HOME", folder.toString());
    assertEquals(78, run("serve").exitCode());
  }

  @Test
  void aCheckoutIsBuiltWhenItsSourcesAreNewerThanTheJar() throws Exception {
    env.put("JAVA_HOME", jdk("own", "25").toString());
    Path app = root.resolve("app");
    Path jar = app.resolve("lms-demo-app/target/lms-demo-app.jar");
    script(
        tools.resolve("mvn"),
        "echo '[INFO] Building lms-session-lib 0.1  [2/4]'; echo '[INFO] Building jar: a.jar';"
            + "echo '[WARNING] of no interest,'; echo 'on two lines'; echo mvn \"$@\" >>'"
            + root
            + "/builds'; mkdir -p '"
            + jar.getParent()
            + "'; touch '"
            + jar
            + "'");
    List<Path> sources = new ArrayList<>(List.of(app.resolve("pom.xml")));
    for (String module : List.of("lms-session-lib", "lms-pagecache-lib", "lms-demo-app")) {
      sources.add(app.resolve(module).resolve("pom.xml"));
      sources.add(app.resolve(module).resolve("src/main/java/A.java"));
      sources.add(app.resolve(module).resolve("src/main/resources/a.mustache"));
    }
    for (Path source : sources) {
      Files.createDirectories(source.getParent());
      Files.writeString(source, "x");
    }
    Path test = app.resolve("lms-demo-app/src/test/java/ATest.java");
    Files.createDirectories(test.getParent());
    Files.writeString(test, "x");

    Ended first = run("version");
    assertEquals("own runs -jar " + jar + " version\n", first.output());
    assertEquals(
        """
        lmsctl: building the demo (once, until its sources change)
        lmsctl:   lms-session-lib
        lmsctl: built in N s
        """,
        first.errors().replaceAll("in \\d+ s", "in N s"));
    assertTrue(
        Files.readString(root.resolve("builds")).contains("-Djansi.noreset=true"),
        "or it writes escape bytes");
    int builds = 1;
    assertEquals(builds, builds());
    assertEquals("", run().errors());
    assertEquals(builds, builds());

    Instant now = Instant.now();
    Files.setLastModifiedTime(test, FileTime.from(now.plus(Duration.ofHours(1))));
    run();
    assertEquals(builds, builds());
    for (Path source : sources) {
      Files.setLastModifiedTime(source, FileTime.from(now.plus(Duration.ofHours(1))));
      run();
      assertEquals(++builds, builds(), source.toString());
      Files.setLastModifiedTime(source, FileTime.from(now.minus(Duration.ofHours(1))));
    }
  }

  @Test
  void theBenchmarksAreBuiltForWhoeverRunsThem() throws Exception {
    env.put("JAVA_HOME", jdk("own", "25").toString());
    Path app = root.resolve("app");
    for (String module : List.of("lms-demo-app", "benchmarks")) {
      Files.createDirectories(app.resolve(module).resolve("src/main"));
      Files.writeString(app.resolve(module).resolve("pom.xml"), "x");
    }
    Files.writeString(app.resolve("pom.xml"), "x");
    // The module that it is to build is before the last two words.
    script(
        tools.resolve("mvn"),
        "while [ $# -gt 3 ]; do shift; done; mkdir -p $1/target; touch $1/target/$1.jar; echo $1 >>'"
            + root
            + "/builds'");

    run("version");
    run("bench", "--help");
    assertEquals(List.of("lms-demo-app"), Files.readAllLines(root.resolve("builds")));
    Ended bench = run("bench", "--quick");
    assertTrue(bench.output().endsWith("lms-demo-app.jar bench --quick\n"), bench.output());
    assertTrue(bench.errors().startsWith("lmsctl: building the benchmarks (once,"), bench.errors());
    run("bench", "compare", "old", "new");
    assertEquals(List.of("lms-demo-app", "benchmarks"), Files.readAllLines(root.resolve("builds")));
  }

  private int builds() throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }

  @Test
  void aFailedBuildOrNoMavenIsSaidInOneLine() throws Exception {
    env.put("JAVA_HOME", jdk("own", "25").toString());
    Path app = root.resolve("app");
    Files.createDirectories(app.resolve("lms-demo-app/src/main"));
    Files.writeString(app.resolve("pom.xml"), "x");
    Ended without = run("version");
    assertEquals(1, without.exitCode());
    assertTrue(without.errors().contains("needs Maven"), without.errors());
    script(tools.resolve("mvn"), "echo '[ERROR] no such thing'; echo plainly wrong >&2; exit 1");
    Ended failed = run("version");
    assertEquals(1, failed.exitCode());
    assertTrue(failed.errors().endsWith("lmsctl: the build failed, see above\n"), failed.errors());
    assertTrue(failed.errors().contains("[ERROR] no such thing\nplainly wrong\n"), failed.errors());
    assertFalse(failed.output().contains("runs"), failed.output());
  }

  @Test
  void aCheckoutThatCannotBeWrittenIsOneSentence() throws Exception {
    env.put("JAVA_HOME", jdk("own", "25").toString());
    Path app = root.resolve("app");
    Files.createDirectories(app.resolve("lms-demo-app/src/main"));
    Files.writeString(app.resolve("pom.xml"), "x");
    // Permissions do not stop root, a file in the place of a folder does.
    Files.writeString(app.resolve("lms-demo-app/target"), "not a folder");
    script(tools.resolve("mvn"), "echo must not run; exit 1");
    Ended ended = run("version");
    assertEquals(1, ended.exitCode());
    assertEquals(
        "lmsctl: cannot build, "
            + app.resolve("lms-demo-app/target")
            + " is not writable; copy the checkout to a folder of your own\n",
        ended.errors());
    assertEquals("", ended.output());
  }

  @Test
  void withoutSourcesAndJarItSaysSo() throws Exception {
    env.put("JAVA_HOME", jdk("own", "25").toString());
    Ended ended = run("version");
    assertEquals(1, ended.exitCode());
    assertEquals(1, ended.errors().lines().count());
  }
}
