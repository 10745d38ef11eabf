// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.config.ConfigException;
import dev.lms.demo.wiring.Feature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands of lmsctl. A person sees sentences and exit codes, never a stack trace. */
@Command(
    name = "lmsctl",
    description = "Serves the demo learning site and looks after it.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "%nExamples:",
      "  lmsctl serve --open",
      "  lmsctl serve --workers 2",
      "  lmsctl cache explain /course/explore --as student1",
      "  lmsctl help session revoke"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage",
      "78:bad configuration, all errors listed"
    })
public final class CommandLineInterface implements Runnable {
  static final int FAILED = 1;
  static final int BAD_CONFIGURATION = 78;

  private static final Set<String> SHOWS_ALL = Set.of("help", "completion");

  @Spec private CommandSpec spec = CommandSpec.create();

  private CommandLineInterface() {}

  /** How each is made, in the order in which help names them. */
  private static Map<String, Function<List<Feature>, Object>> makers() {
    Map<String, Function<List<Feature>, Object>> makers = new LinkedHashMap<>();
    makers.put("serve", ServeCommand::new);
    makers.put("restart", features -> new RestartCommand());
    makers.put("plan", features -> new PlanCommand());
    makers.put("doctor", features -> new DoctorCommand());
    makers.put("config", features -> new ConfigCommand());
    makers.put("key", features -> new KeyCommand());
    makers.put("session", SessionCommand::new);
    makers.put("user", UserCommand::new);
    makers.put("sample", SampleCommand::new);
    makers.put(
        "cache",
        features ->
            new CommandLine(new CacheCommand(features))
                .addSubcommand(new ExplainCommand(features))
                .addSubcommand(new AuditCommand(features)));
    makers.put("bench", features -> new BenchCommand());
    makers.put("help", features -> new HelpCommand());
    makers.put("completion", features -> new CompletionCommand());
    makers.put("version", features -> new VersionCommand());
    return makers;
  }

  /**
   * Runs one command; returns its exit code.
   *
   * @param features of the site that is served
   */
  public static int run(List<Feature> features, String... args) {
    Logging.setUp();
    try {
      Optional<ServeCommand> plain = ServeCommand.withoutOptions(features, args);
      if (plain.isPresent()) {
        return plain.get().call();
      }
      return commandsFor(features, args)
          .setExecutionExceptionHandler((failure, commandLine, result) -> report(failure))
          .execute(args);
    } catch (Throwable failure) {
      return report(failure);
    }
  }

  /** All of them. */
  static CommandLine commands(List<Feature> features) {
    return commands(features, makers().keySet());
  }

  /**
   * Only the command that is named, for the library reads the annotations of every command it is
   * given, and that is half of a start. Help, completion and whoever misspells a name need all.
   */
  static CommandLine commandsFor(List<Feature> features, String... args) {
    boolean named =
        args.length > 0 && makers().containsKey(args[0]) && !SHOWS_ALL.contains(args[0]);
    return named ? commands(features, Set.of(args[0])) : commands(features);
  }

  private static CommandLine commands(List<Feature> features, Set<String> names) {
    CommandLine commands = new CommandLine(new CommandLineInterface());
    makers()
        .forEach(
            (name, maker) -> {
              if (names.contains(name)) {
                commands.addSubcommand(maker.apply(features));
              }
            });
    return commands
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(new WrongUsage());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  private static int report(Throwable failure) {
    if (failure instanceof ConfigException bad) {
      System.err.println("The configuration cannot be used:");
      bad.errors().forEach(error -> System.err.println("  - " + error));
      return BAD_CONFIGURATION;
    }
    String message = failure.getMessage();
    boolean plain = failure instanceof CommandFailure && message != null;
    System.err.println("lmsctl: " + (plain ? message : failure.toString()));
    return FAILED;
  }
}
