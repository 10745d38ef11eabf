package dev.lms.demo.cli;

import dev.lms.demo.config.ConfigException;
import dev.lms.demo.wiring.Feature;
import java.util.List;
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

  @Spec private CommandSpec spec = CommandSpec.create();

  private CommandLineInterface() {}

  /**
   * Runs one command; returns its exit code.
   *
   * @param features of the site that is served
   */
  public static int run(List<Feature> features, String... args) {
    Logging.setUp();
    try {
      return commands(features)
          .setExecutionExceptionHandler((failure, commandLine, result) -> report(failure))
          .execute(args);
    } catch (Throwable failure) {
      return report(failure);
    }
  }

  static CommandLine commands(List<Feature> features) {
    return new CommandLine(new CommandLineInterface())
        .addSubcommand(new ServeCommand(features))
        .addSubcommand(new PlanCommand())
        .addSubcommand(new ConfigCommand())
        .addSubcommand(new KeyCommand())
        .addSubcommand(new SessionCommand(features))
        .addSubcommand(
            new CommandLine(new CacheCommand(features)).addSubcommand(new ExplainCommand(features)))
        .addSubcommand(new HelpCommand())
        .addSubcommand(new CompletionCommand())
        .addSubcommand(new VersionCommand())
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
