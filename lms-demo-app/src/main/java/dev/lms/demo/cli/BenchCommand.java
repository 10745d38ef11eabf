// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The benchmarks are a module of their own, on which nothing depends: they run from their jar. */
@Command(
    name = "bench",
    description = {
      "Measures what sessions and pages cost beside the raw limits and beside other libraries.",
      "From a source checkout: starts and stops all it needs, and writes result.json, report.md and"
          + " charts. Exits with 1 if one of the limits that this project set itself does not hold."
    },
    footer = {
      "%nExamples:",
      "  lmsctl bench",
      "  lmsctl bench --full --out /tmp/bench",
      "  lmsctl bench compare OLD NEW",
      "  lmsctl bench growth",
      "  lmsctl bench guarantees"
    },
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  static final class Length {
    @Option(
        names = "--quick",
        description = "At most three minutes, for a first look; the default.")
    boolean quick;

    @Option(
        names = "--full",
        description = "About forty minutes: a JVM for each contender and round.")
    boolean full;
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup private @Nullable Length length;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where to write; otherwise a new folder below benchmarks/target/bench.")
  private @Nullable Path out;

  @Option(
      names = "--docs",
      description = "Also draws the charts that README and docs show, from this run.")
  private boolean docs;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("run"));
    arguments.add(length != null && length.full ? "full" : "quick");
    if (out != null) {
      arguments.add(out.toAbsolutePath().toString());
    }
    if (docs) {
      arguments.add("docs");
    }
    return start(arguments);
  }

  @Command(
      name = "compare",
      description = {
        "Says what moved between two runs by more than the noise of both; with --spread, by how much"
            + " each ratio varied over several.",
        "Each is a result.json or the folder of one."
      },
      footer = {
        "%nExamples:",
        "  lmsctl bench compare OLD NEW",
        "  lmsctl bench compare --spread FIRST SECOND THIRD"
      },
      mixinStandardHelpOptions = true)
  int compare(
      @Parameters(paramLabel = "OLD", description = "The earlier run.") Path old,
      @Parameters(paramLabel = "NEW", description = "The later run.") Path now,
      @Parameters(paramLabel = "MORE", arity = "0..*", description = "Further runs, with --spread.")
          @Nullable List<Path> more,
      @Option(
              names = "--spread",
              description =
                  "How far from the median of all runs the farthest is, whether that is within"
                      + " 15 %%, and in how many the limit holds.")
          boolean spread)
      throws IOException, InterruptedException {
    List<Path> runs = new ArrayList<>(List.of(old, now));
    if (more != null) {
      runs.addAll(more);
    }
    if (runs.size() > 2 && !spread) {
      throw new ParameterException(
          spec.subcommands().get("compare"), "More than two runs are compared with --spread.");
    }
    List<String> arguments = new ArrayList<>(List.of(spread ? "spread" : "compare"));
    runs.forEach(run -> arguments.add(run.toAbsolutePath().toString()));
    return start(arguments);
  }

  @Command(
      name = "guarantees",
      description = {
        "Plays what happens when requests meet, with this project and with others' libraries, and"
            + " says what held and what broke.",
        "Exits with 1 if one of this project's broke."
      },
      footer = {
        "%nExamples:",
        "  lmsctl bench guarantees",
        "  lmsctl bench guarantees slow-request lms-redis"
      },
      mixinStandardHelpOptions = true)
  int guarantees(
      @Parameters(
              paramLabel = "SCENARIO",
              arity = "0..1",
              description = "One of those that the table of all names.")
          @Nullable String scenario,
      @Parameters(
              paramLabel = "CONTENDER",
              arity = "0..1",
              description = "Likewise; otherwise all.")
          @Nullable String contender)
      throws IOException, InterruptedException {
    return start(Stream.of("guarantees", scenario, contender).filter(Objects::nonNull).toList());
  }

  @Command(
      name = "growth",
      description = {
        "Measures what one request costs where there is much: sessions, one person's sessions, tags,"
            + " pages, nodes.",
        "Takes up to ten minutes, 3 GB of memory and 3 GB of disk, so it is no part of --full. Writes"
            + " result.json, report.md and growth.svg. Exits with 1 if a limit does not hold."
      },
      footer = {"%nExamples:", "  lmsctl bench growth", "  lmsctl bench growth --out /tmp/growth"},
      mixinStandardHelpOptions = true)
  int growth(
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              description = "Where to write; otherwise a new folder below benchmarks/target/bench.")
          @Nullable Path folder,
      @Option(
              names = "--docs",
              description = "Also draws the chart that docs/explanation/growth.md shows.")
          boolean drawn)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("growth"));
    if (folder != null) {
      arguments.add(folder.toAbsolutePath().toString());
    }
    if (drawn) {
      arguments.add("docs");
    }
    return start(arguments);
  }

  private static int start(List<String> arguments) throws IOException, InterruptedException {
    Path checkout = checkout();
    Path jar = checkout.resolve("benchmarks/target/benchmarks.jar");
    if (!Files.isRegularFile(jar)) {
      throw new CommandFailure("the benchmarks are not built; this builds them: ./lmsctl bench");
    }
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    // JMH uses it, and nobody who measures need be told.
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-jar", jar.toString(), "lmsctl"));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).directory(checkout.toFile()).inheritIO().start();
    // It stops what it started.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    return process.waitFor();
  }

  /** The folder that this program was built in. */
  private static Path checkout() {
    try {
      Path self =
          Path.of(BenchCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path checkout = self.resolve("../../..").normalize();
      if (Files.isRegularFile(self)
          && Files.isRegularFile(checkout.resolve("benchmarks/pom.xml"))) {
        return checkout;
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    throw new CommandFailure(
        "the benchmarks run from a source checkout, with ./lmsctl bench there");
  }
}
