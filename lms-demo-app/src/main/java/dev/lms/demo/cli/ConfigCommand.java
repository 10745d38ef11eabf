// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.Setting;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "config",
    description = "Prints the effective configuration and where each value came from.",
    footer = {"%nExamples:", "  lmsctl config", "  lmsctl config --json"},
    mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Config config = Config.fromSystem();
    if (json) {
      JsonObject settings = new JsonObject();
      for (Setting setting : config.settings()) {
        JsonObject entry = new JsonObject();
        entry.addProperty("value", setting.value());
        entry.addProperty("origin", setting.origin());
        settings.add(setting.name(), entry);
      }
      System.out.println(
          new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(settings));
      return 0;
    }
    for (Setting setting : config.settings()) {
      System.out.printf("%-27s = %s  (%s)%n", setting.name(), setting.value(), setting.origin());
    }
    System.out.println(config.sessions().store().sentence());
    return 0;
  }
}
