// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.ConfigException;
import dev.lms.demo.doctor.Doctor;
import dev.lms.demo.doctor.Finding;
import dev.lms.demo.doctor.Finding.Level;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Checks key, cookie, folders, clock and each Redis of the site: ok, warning or problem, with"
          + " the remedy.",
      "Run it with the environment of serve, in the same folder. Exit code 1 on a problem."
    },
    footer = {"%nExamples:", "  lmsctl doctor", "  lmsctl doctor --json"},
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() {
    List<Finding> findings;
    int worst;
    try {
      findings = Doctor.examine(Config.fromSystem(), Clock.systemUTC());
      worst = CommandLineInterface.FAILED;
    } catch (ConfigException bad) {
      findings =
          bad.errors().stream()
              .map(error -> new Finding("configuration", Level.PROBLEM, error, ""))
              .toList();
      worst = CommandLineInterface.BAD_CONFIGURATION;
    }
    System.out.print(json ? toJson(findings) : toText(findings));
    return count(findings, Level.PROBLEM) > 0 ? worst : 0;
  }

  private static long count(List<Finding> findings, Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  static String toText(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      text.append("%-7s  %s%n".formatted(name(finding.level()), finding.sentence()));
    }
    return text.toString();
  }

  static String toJson(List<Finding> findings) {
    JsonArray checks = new JsonArray();
    for (Finding finding : findings) {
      JsonObject check = new JsonObject();
      check.addProperty("check", finding.check());
      check.addProperty("level", name(finding.level()));
      check.addProperty("message", finding.message());
      check.addProperty("remedy", finding.remedy());
      checks.add(check);
    }
    JsonObject answer = new JsonObject();
    answer.add("checks", checks);
    for (Level level : Level.values()) {
      answer.addProperty(name(level), count(findings, level));
    }
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(answer)
        + System.lineSeparator();
  }

  private static String name(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
