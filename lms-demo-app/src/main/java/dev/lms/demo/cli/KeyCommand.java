// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.KeyRotation;
import dev.lms.demo.config.KeyRotation.Step;
import dev.lms.demo.config.SecretKeyFile;
import dev.lms.demo.view.Text;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "key",
    description = "Makes and changes secret keys.",
    footer = {"%nExamples:", "  lmsctl key generate", "  lmsctl key rotate"},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KeyCommand.Generate.class, KeyCommand.Rotate.class})
final class KeyCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "generate",
      description = "Prints a strong key for SECRET_KEY: 256 random bits.",
      footer = {"%nExamples:", "  SECRET_KEY=$(lmsctl key generate)"},
      mixinStandardHelpOptions = true)
  static final class Generate implements Callable<Integer> {
    @Override
    public Integer call() {
      System.out.println(SecretKeyFile.generate());
      return 0;
    }
  }

  @Command(
      name = "rotate",
      description = {
        "Replaces the secret key and keeps everyone signed in.",
        "The key in the data folder: takes the next of three steps and says what to do before the"
            + " one after it. A step that would sign somebody out is refused.",
        "SECRET_KEY from the environment: prints the values to set, and in which order; they hold"
            + " the secrets."
      },
      footer = {"%nExamples:", "  lmsctl key rotate"},
      mixinStandardHelpOptions = true)
  static final class Rotate implements Callable<Integer> {
    private static final String RESTART = "Now restart the workers, one by one; then: ";

    @Override
    public Integer call() {
      Config config = Config.fromSystem();
      return config.secrets().key().isPresent() ? explain(config) : advance(config);
    }

    private static int advance(Config config) {
      if (!new SecretKeyFile(config.dataDir()).exists()) {
        throw new CommandFailure(
            "there is no secret key in "
                + config.dataDir()
                + "; set LMS_DATA_DIR or SECRET_KEY as the site has it");
      }
      KeyRotation rotation =
          new KeyRotation(config.dataDir(), Clock.systemUTC(), config.sessions().absoluteTimeout());
      Step step = rotation.advance();
      switch (step) {
        case Step.Accepted() -> {
          System.out.println("Step 1 of 3: a new key is accepted; the old one still signs.");
          System.out.println(RESTART + "lmsctl key rotate");
        }
        case Step.Signing() -> {
          System.out.println("Step 2 of 3: the new key signs; the old one is still accepted.");
          System.out.println(RESTART + "lmsctl key rotate");
        }
        case Step.Finished finished -> {
          System.out.println("Step 3 of 3: done. No worker signs with the old key any more.");
          System.out.println(
              "It is accepted until "
                  + Text.moment(finished.until())
                  + ", when its last session has ended, by workers that start before then.");
        }
        case Step.WorkersBehind() ->
            throw new CommandFailure(
                "nothing changed: a worker still runs with the keys from before the last step;"
                    + " restart the workers one by one, then run this again");
        case Step.Busy() ->
            throw new CommandFailure("nothing changed: another lmsctl key rotate is running");
      }
      OperatorLog.tell(
          config, "key-rotated", "step", step.getClass().getSimpleName().toLowerCase(Locale.ROOT));
      return 0;
    }

    private static int explain(Config config) {
      String old = config.secrets().signingKey();
      if (old.contains(",") || !old.equals(old.strip())) {
        throw new CommandFailure(
            "SECRET_KEY has a comma or outer blanks, so SECRET_KEY_FALLBACKS cannot hold it and"
                + " everyone would be signed out; set a key without them when that does no harm");
      }
      List<String> older = config.secrets().fallbacks();
      String next = SecretKeyFile.generate();
      System.out.println("SECRET_KEY is set in the environment. Set these for every worker:");
      step("Step 1: the new key is accepted.", old, next, older);
      System.out.println("Restart the workers, one by one, before step 2.");
      step("Step 2: the new key signs.", next, old, older);
      System.out.printf(
          "Restart the workers, one by one. Wait %d seconds (SESSION_ABSOLUTE_TIMEOUT).%n",
          config.sessions().absoluteTimeout().toSeconds());
      System.out.println("Step 3: the last session of the old key has ended; forget it.");
      System.out.println("  SECRET_KEY=" + next);
      System.out.println("  SECRET_KEY_FALLBACKS=" + String.join(",", older));
      return 0;
    }

    private static void step(String title, String key, String fallback, List<String> older) {
      System.out.println(title);
      System.out.println("  SECRET_KEY=" + key);
      System.out.println(
          "  SECRET_KEY_FALLBACKS="
              + Stream.concat(Stream.of(fallback), older.stream())
                  .collect(Collectors.joining(",")));
    }
  }
}
