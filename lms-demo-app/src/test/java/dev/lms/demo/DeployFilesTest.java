// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files under deploy name is there. */
class DeployFilesTest {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Pattern VARIABLE =
      Pattern.compile("\\b(LMS|SESSION|CACHE|SECRET|REDIS|DATABASE)_[A-Z_]+\\b");

  /** Of the compose file alone: what it asks of whoever starts it. */
  private static final Set<String> NOT_OURS = Set.of("DATABASE_PASSWORD");

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyVariableIsDocumented() throws IOException {
    String reference = Files.readString(Path.of("..", "docs", "reference", "configuration.md"));
    Set<String> named = new TreeSet<>();
    for (String name : List.of("Dockerfile", "compose.yaml", "kubernetes.yaml", "lms.service")) {
      named.addAll(found(VARIABLE, Files.readString(DEPLOY.resolve(name))));
    }
    assertTrue(named.contains("SECRET_KEY"), named.toString());
    named.removeAll(found(VARIABLE, reference));
    named.removeAll(NOT_OURS);
    assertEquals(Set.of(), named);
  }

  @Test
  void everyProbeAsksAPageThatAnswersOperators() throws IOException {
    String text = Files.readString(DEPLOY.resolve("kubernetes.yaml"));
    Set<String> paths = found(Pattern.compile("(?<=path: )/\\S+"), text);
    paths.removeIf(path -> path.startsWith("/var") || path.equals("/tmp"));
    assertEquals(Set.of("/livez", "/readyz"), paths);
    assertEquals(3, found(Pattern.compile("\\w+Probe:"), text).size());
  }

  @Test
  void everyFileFromTheCheckoutIsThere() throws IOException {
    String image = Files.readString(DEPLOY.resolve("Dockerfile"));
    assertTrue(image.contains("/src/lmsctl /src/lms-demo-app/target/lms-demo-app.jar"), image);
    assertTrue(Files.exists(Path.of("..", "lmsctl")));
    String document = Files.readString(Path.of("..", "docs", "operations", "deploy.md"));
    for (String name : List.of("Dockerfile", "compose.yaml", "kubernetes.yaml", "lms.service")) {
      assertTrue(Files.exists(DEPLOY.resolve(name)), name);
      assertTrue(document.contains("(../../deploy/" + name + ")"), name + " is told about");
    }
  }

  @Test
  void nobodyRunsTheSiteAsRoot() throws IOException {
    assertTrue(Files.readString(DEPLOY.resolve("Dockerfile")).contains("\nUSER 10001:10001\n"));
    assertTrue(Files.readString(DEPLOY.resolve("kubernetes.yaml")).contains("runAsNonRoot: true"));
    String unit = Files.readString(DEPLOY.resolve("lms.service"));
    assertTrue(unit.contains("\nUser=lms\n") && unit.contains("\nCapabilityBoundingSet=\n"), unit);
    assertFalse(unit.contains("\nMemoryDenyWriteExecute"), "the JVM compiles");
  }

  /** Where there is no systemd, what the unit names is still looked at above. */
  @Test
  void systemdTakesTheUnitAndFindsLittleExposed(@TempDir Path folder) throws Exception {
    if (!isOnPath("systemd-analyze")) {
      System.out.println("DeployFilesTest: no systemd-analyze here, so it does not read the unit");
      return;
    }
    Path unit = folder.resolve("lms.service");
    String launcher = Path.of("..", "lmsctl").toRealPath().toString();
    String text = Files.readString(DEPLOY.resolve("lms.service"));
    Files.writeString(unit, text.replace("/opt/lms/lmsctl", launcher));
    String verified = analyze("verify", unit);
    assertEquals(
        List.of(), verified.lines().filter(line -> line.contains(unit.toString())).toList());
    String security = analyze("security", "--offline=true", unit);
    Matcher exposure =
        Pattern.compile("Overall exposure level for lms.service: ([0-9.]+)").matcher(security);
    assertTrue(exposure.find(), security);
    assertTrue(Double.parseDouble(exposure.group(1)) <= 2.5, security);
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static String analyze(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("systemd-analyze"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }
}
