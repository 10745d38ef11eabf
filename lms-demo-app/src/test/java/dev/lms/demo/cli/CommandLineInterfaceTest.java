// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineInterfaceTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int lmsctl(String line) {
    String[] words = line.split(" ", -1);
    return CommandLineInterface.commandsFor(List.of(), words)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }

  @ParameterizedTest
  @CsvSource({
    "srve, serve",
    "sevre, serve",
    "cahce, cache",
    "cache exlpain, explain",
    "serve --prot 1, --port",
    "help sesion, session"
  })
  void aSlipOfTheFingerIsUnderstood(String line, String meant) {
    assertEquals(2, lmsctl(line));
    assertTrue(err.toString().contains("Did you mean: " + meant + "?"), err.toString());
    assertEquals("", out.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"frobnicate", "cache everything", "serve --colour", "x"})
  void whatIsFarFromEveryNameIsNotGuessedAt(String line) {
    assertEquals(2, lmsctl(line));
    assertFalse(err.toString().contains("Did you mean"), err.toString());
    assertTrue(err.toString().contains("Read on: lmsctl"), err.toString());
  }

  @Test
  void helpIsTheHelpOfTheCommand() {
    assertEquals(0, lmsctl("help cache explain"));
    String help = out.toString();
    assertTrue(help.startsWith("Usage: lmsctl cache explain"), help);
    out.getBuffer().setLength(0);
    assertEquals(0, lmsctl("cache explain --help"));
    assertEquals(help, out.toString());
    out.getBuffer().setLength(0);
    assertEquals(0, lmsctl("help"));
    assertTrue(out.toString().startsWith("Usage: lmsctl ["), out.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "doctor who",
        "session",
        "session list",
        "session revoke",
        "session revoke --user student1",
        "session purge",
        "help nothing",
        "help cache nothing",
        "completion",
        "completion tcsh",
        "session purge now",
        "sample",
        "sample load all",
        "key",
        "key rotate now",
        "cache",
        "cache explain",
        "cache explain nowhere",
        "cache purge everything",
        "cache purge --path home",
        "cache purge --path /home?page=1",
        "cache purge --path /home#top",
        "cache purge --path //site.example/home",
        "cache purge --path https://site.example/home",
        "cache purge --path /home --path home",
        "cache purge --tag a,b",
        "cache warm /home",
        "serve --workers 0",
        "serve --workers few",
        "serve extra",
        "plan --cpus 0",
        "plan --cpus four",
        "plan --workload disk",
        "plan --min-workers 3 --max-workers 2",
        "config --yaml",
        "bench --quick --full",
        "bench everything",
        "bench compare",
        "bench compare old",
        "bench compare old new newer",
        "bench compare --spread old",
        "bench growth 1000",
      })
  void wrongUsageIs2AndExplained(String line) {
    assertEquals(2, lmsctl(line), err.toString());
    assertFalse(err.toString().isBlank());
    assertFalse(err.toString().contains("\tat "), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void everyCommandHasHelp() {
    for (String command :
        List.of(
            "serve",
            "plan",
            "doctor",
            "config",
            "key",
            "session",
            "cache",
            "bench",
            "bench compare",
            "bench guarantees",
            "bench growth",
            "help",
            "completion",
            "version")) {
      out.getBuffer().setLength(0);
      assertEquals(0, lmsctl(command + " --help"));
      assertTrue(out.toString().startsWith("Usage: lmsctl " + command), out.toString());
    }
  }

  @Test
  void everyHelpHasAnExample() {
    List<String> without = new ArrayList<>();
    collect(CommandLineInterface.commands(List.of()), without);
    assertEquals(List.of(), without);
  }

  private static void collect(CommandLine command, List<String> without) {
    String name = command.getCommandSpec().qualifiedName();
    if (!command.getUsageMessage().matches("(?s).*Examples:\\R.*lmsctl.*")) {
      without.add(name);
    }
    command.getSubcommands().values().forEach(sub -> collect(sub, without));
  }

  @ParameterizedTest
  @ValueSource(strings = {"revoke --user student1", "purge"})
  void offATerminalNothingEndsWithoutAYes(String line) {
    assertEquals(2, lmsctl("session " + line));
    assertTrue(err.toString().contains("--yes"), err.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void completionIsAScriptThatTheShellUnderstands(String shell, @TempDir Path folder)
      throws Exception {
    assertEquals(0, lmsctl("completion " + shell));
    assertTrue(out.toString().contains("explain"), out.toString());
    Path script = Files.writeString(folder.resolve("lmsctl"), out.toString());
    Process check =
        new ProcessBuilder("bash", "-n", script.toString()).redirectErrorStream(true).start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
  }

  @ParameterizedTest
  @CsvSource({
    "lmsctl se, serve session",
    "lmsctl session \"\", list migrate purge revoke stats",
    "lmsctl session revoke --u, --user",
    "lmsctl user add ada --role \"\", admin instructor student",
    "lmsctl plan --workload \"\", cpu io",
    "lmsctl completion \"\", bash zsh fish"
  })
  void bashCompletesWhatIsTyped(String typed, String offered, @TempDir Path folder)
      throws Exception {
    assertEquals(0, lmsctl("completion bash"));
    Path script = Files.writeString(folder.resolve("lmsctl"), out.toString());
    Process bash =
        new ProcessBuilder(
                "bash",
                "--norc",
                "-c",
                ("compopt() { :; }; source %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_lmsctl;"
                        + " echo \"${COMPREPLY[@]}\"")
                    .formatted(script, typed))
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(
        new TreeSet<>(List.of(offered.split(" ", -1))),
        new TreeSet<>(List.of(said.strip().split("\\s+", -1))));
  }

  @Test
  void fishCompletesCommandsWhereTheyStand() {
    assertEquals(0, lmsctl("completion fish"));
    List<String> lines = out.toString().lines().toList();
    assertTrue(
        lines.contains(
            "complete -c lmsctl -n '__fish_use_subcommand' -a key -d 'Makes and changes secret"
                + " keys.'"),
        out.toString());
    assertTrue(
        lines.stream()
            .anyMatch(
                line ->
                    line.contains(
                            "__fish_seen_subcommand_from cache; and __fish_seen_subcommand_from explain'")
                        && line.contains(" -l as -r")),
        out.toString());
    assertTrue(out.toString().contains(" -l role -x -a 'admin instructor student'"));
    assertTrue(out.toString().contains(" -a 'bash zsh fish'\n"), out.toString());
    assertFalse(out.toString().contains("supervised"), "what is hidden stays so");
  }
}
