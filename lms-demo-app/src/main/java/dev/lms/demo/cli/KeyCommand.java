package dev.lms.demo.cli;

import dev.lms.demo.config.SecretKeyFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "key",
    description = "Makes secret keys.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = KeyCommand.Generate.class)
final class KeyCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "generate",
      description = "Prints a strong key for SECRET_KEY: 256 random bits.",
      mixinStandardHelpOptions = true)
  static final class Generate implements Callable<Integer> {
    @Override
    public Integer call() {
      System.out.println(SecretKeyFile.generate());
      return 0;
    }
  }
}
