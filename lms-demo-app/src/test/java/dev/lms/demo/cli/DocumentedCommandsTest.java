// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands that the documents name are commands, with these options; the files are files. */
class DocumentedCommandsTest {
  private static final Pattern LMSCTL =
      Pattern.compile("^(?:\\$ )?(?:[A-Z_]+=\\S* )*(?:\\./)?lmsctl((?: [^#]+)?)(?: +#.*)?$");
  private static final Pattern PROFILE = Pattern.compile("\\bmvn\\b.* -P(\\w+)");
  private static final Pattern SCRIPT =
      Pattern.compile("(?:^|\\s)((?:\\.ci/|lms-[\\w-]+/)[\\w.-]+)");

  /** Commands that {@code DocumentedCommandsIT} does not run, and who does or why nobody can. */
  static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          entry("lmsctl serve", "ServeIT"),
          entry("LMS_PORT=8081 lmsctl serve", "ServeIT, on a port of its own"),
          entry("lmsctl serve --workers 2", "SupervisorIT"),
          entry("lmsctl serve --workers N", "SupervisorIT"),
          entry("lmsctl serve --workers 4 --nginx-conf FILE", "NginxIT"),
          entry("lmsctl restart", "SupervisorIT"),
          entry("lmsctl cache audit /lab-leak", "LabIT: it finds the leak, and so exits with 1"),
          entry(
              "lmsctl session migrate --from file:/srv/lms/sessions --to redis://10.0.0.5"
                  + " --dry-run",
              "MigrationIT, with other stores"),
          entry(
              "lmsctl session migrate --from file:/srv/lms/sessions --to redis://10.0.0.5",
              "MigrationIT, with other stores"),
          entry("lmsctl plan", "CommandsIT"),
          entry("lmsctl config", "CommandsIT"),
          entry("lmsctl key generate", "CommandsIT"),
          entry("lmsctl version", "CommandsIT"),
          entry("lmsctl cache stats", "CacheCommandIT"),
          entry("lmsctl cache warm", "CacheCommandIT"),
          entry("lmsctl cache", "a name in a sentence; its commands are run"),
          entry("lmsctl user add", "a name in a sentence; the whole command is run"),
          entry("nginx -t", "NginxIT, on the file that lmsctl writes; OperationsTest, on ours"),
          entry(
              "systemd-analyze verify /etc/systemd/system/lms.service",
              "needs the unit in its place, which only root can put there"),
          entry(
              "systemd-analyze security --offline=true deploy/lms.service",
              "needs systemd, which some containers lack; DeployFilesTest"),
          entry("mkdir -p /opt/lms", "needs root"),
          entry(
              "cp -p lmsctl lms-demo-app/target/lms-demo-app.jar /opt/lms/",
              "needs root; LauncherTest runs a jar beside its launcher"),
          entry("apt-get install nginx chromium nodejs postgresql", "needs root; .ci/run does it"),
          entry(
              "jlink --module-path lms-session-lib-0.1.0-SNAPSHOT.jar:target/classes"
                  + " --add-modules shop --output image",
              "ModularProgramsIT, with a module of another name"),
          entry("image/bin/java -m shop/shop.Main", "ModularProgramsIT, likewise"),
          entry("mvn install -DskipTests", "would write into the local repository; TutorialIT"),
          entry(
              "SECRET_KEY=$(head -c 32 /dev/urandom | base64) mvn -q compile exec:java",
              "TutorialIT"),
          entry("mvn -q test", "TutorialIT"),
          entry("mvn verify", "is this build"),
          entry("mvn verify -Dit.test=BrowserIT -Dpictures=docs", "would change the documents"),
          entry("PATH=/path/to/folder:$PATH mvn verify", "is this build, on another Redis"),
          entry("mvn -N verify -Dformat=apply", "would change the sources; this build checks them"),
          entry("mvn -pl lms-session-lib test -Dtest=NAME", "is a part of this build"),
          entry("mvn -Plong verify", "takes hours, in a build of its own"),
          entry("mvn -Pmutants verify", "takes hours, in a build of its own"),
          entry("lmsctl bench", "takes three minutes; BenchmarksJarIT, LauncherTest"),
          entry("lmsctl bench --quick", "is lmsctl bench"),
          entry("lmsctl bench --full", "takes forty minutes; BenchmarksJarIT"),
          entry("lmsctl bench --full --docs", "takes forty minutes and changes the documents"),
          entry("lmsctl bench compare OLD NEW", "ResultTest, BenchTest"),
          entry(
              "lmsctl bench compare --spread FIRST SECOND THIRD",
              "StabilityTest, BenchTest, LauncherTest"),
          entry("lmsctl bench growth", "takes minutes; GrowthBenchTest measures it in miniature"),
          entry("lmsctl bench guarantees", "GuaranteesTest plays some of it"),
          entry("lmsctl bench guarantees slow-request lms-redis", "GuaranteesTest, likewise"),
          entry("mvn -pl benchmarks -am package -DskipTests", "is a part of this build"),
          entry("java -jar benchmarks/target/benchmarks.jar", "takes 45 minutes; BenchmarksJarIT"),
          entry(
              "java -jar benchmarks/target/benchmarks.jar http",
              "takes ten minutes; HttpContendersTest, FlaskTest"),
          entry(
              "taskset -c 0 java -jar benchmarks/target/benchmarks.jar -t 1 -f 3",
              "takes hours; BenchmarksJarIT"),
          entry(
              "git clone https://github.com/http-tests/cache-tests"
                  + " && (cd cache-tests && npm install)",
              "needs the network"),
          entry("lms-pagecache-lib/conformance.sh PATH", "needs the suite from the network"),
          entry("lms-pagecache-lib/conformance.sh cache-tests", "needs the suite from the network"),
          entry(".ci/run", "runs this build"),
          entry(".ci/reproducible", "ReleaseIT"),
          entry(
              "mvn -Prelease deploy -pl lms-session-lib,lms-session-lib/bom,lms-pagecache-lib"
                  + " -DskipTests -Dpublisher.name=NAME -Dpublisher.email=ADDRESS"
                  + " -Dpublisher.url=https://PROJECT-PAGE"
                  + " -Dpublisher.scm=https://REPOSITORY.git -Dgpg.keyname=KEY"
                  + " -DaltDeploymentRepository=bundle::file:///FOLDER",
              "ReleaseIT, by way of .ci/reproducible"));

  /** A command is run by a test, or the list above says why not. */
  @Test
  void areRunOrSayWhyNot() throws IOException {
    Set<String> commands = new TreeSet<>(DocumentedLines.commands());
    TreeSet<String> stale = new TreeSet<>(ELSEWHERE.keySet());
    stale.removeAll(commands);
    assertEquals(new TreeSet<>(), stale, "in no document any more");
    commands.removeAll(ELSEWHERE.keySet());
    // Those that measure take minutes.
    commands.removeIf(
        command -> command.startsWith("lmsctl ") && !command.startsWith("lmsctl bench"));
    assertEquals(new TreeSet<>(), commands, "run by no test; ELSEWHERE says why, or who does");
    TreeSet<String> tests = new TreeSet<>();
    for (String module : List.of("lms-demo-app", "benchmarks")) {
      try (Stream<Path> files =
          Files.walk(DocumentedLines.ROOT.resolve(module).resolve("src/test/java"))) {
        files.forEach(file -> tests.add(file.getFileName().toString().replace(".java", "")));
      }
    }
    for (String reason : ELSEWHERE.values()) {
      Pattern.compile("\\b\\w+(IT|Test)\\b")
          .matcher(reason)
          .results()
          .forEach(test -> assertTrue(tests.contains(test.group()), reason));
    }
  }

  /** As {@code picocli} takes them; nothing is run. */
  @Test
  void areUnderstood() throws IOException {
    TreeSet<String> refused = new TreeSet<>();
    int understood = 0;
    for (String line : DocumentedLines.all()) {
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
    String pom = Files.readString(DocumentedLines.ROOT.resolve("pom.xml"));
    TreeSet<String> unknown = new TreeSet<>();
    for (String line : DocumentedLines.all()) {
      PROFILE
          .matcher(line)
          .results()
          .filter(found -> !pom.contains("<id>" + found.group(1) + "</id>"))
          .forEach(found -> unknown.add(line));
      SCRIPT
          .matcher(line)
          .results()
          .filter(found -> !Files.exists(DocumentedLines.ROOT.resolve(found.group(1))))
          .forEach(found -> unknown.add(line));
    }
    unknown.removeIf(line -> line.contains("target/"));
    assertEquals(new TreeSet<>(), unknown);
  }

  /** Placeholders become what they stand for. */
  static String[] words(String arguments) {
    String plain = arguments.strip().replaceAll("[\\[\\]]", "").replace("…", "");
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)").matcher(plain);
    while (word.find()) {
      String text = word.group().replaceAll("^[\"']|[\"']$", "");
      words.add(text.equals("N") ? "2" : text.equals("R") ? "student" : text);
    }
    return words.toArray(String[]::new);
  }
}
