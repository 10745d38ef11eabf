// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints what completes lmsctl's commands and options in a shell.",
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  source <(lmsctl completion bash)",
      "  source <(lmsctl completion zsh)",
      "  lmsctl completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override // As it is typed.
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "bash|zsh|fish", description = "For which shell.")
  private Shell shell = Shell.BASH;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    String name = root.getCommandName();
    spec.commandLine()
        .getOut()
        .print(shell == Shell.FISH ? fish(root) : AutoComplete.bash(name, root));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static String fish(CommandLine root) {
    StringBuilder script = new StringBuilder("complete -c lmsctl -f\n");
    append(script, root, List.of());
    return script.toString();
  }

  /** A command's own words stand where its path was typed and none of its subcommands yet. */
  private static void append(StringBuilder script, CommandLine command, List<String> path) {
    StringBuilder here = new StringBuilder();
    if (path.isEmpty()) {
      here.append("__fish_use_subcommand");
    } else {
      path.forEach(word -> here.append(here.isEmpty() ? "" : "; and ").append(seen(List.of(word))));
      if (!command.getSubcommands().isEmpty()) {
        here.append("; and not ").append(seen(List.copyOf(command.getSubcommands().keySet())));
      }
    }
    for (Map.Entry<String, CommandLine> sub : command.getSubcommands().entrySet()) {
      script
          .append(line(here.toString()))
          .append(" -a ")
          .append(sub.getKey())
          .append(description(sub.getValue().getCommandSpec().usageMessage().description()))
          .append('\n');
    }
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        script.append(line(here.toString())).append(words(option));
        script.append(description(option.description())).append('\n');
      }
    }
    for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
      if (parameter.completionCandidates() != null) {
        script
            .append(line(here.toString()))
            .append(" -a '")
            .append(String.join(" ", parameter.completionCandidates()))
            .append("'\n");
      }
    }
    for (Map.Entry<String, CommandLine> sub : command.getSubcommands().entrySet()) {
      List<String> longer = new ArrayList<>(path);
      longer.add(sub.getKey());
      append(script, sub.getValue(), longer);
    }
  }

  private static String seen(List<String> words) {
    return "__fish_seen_subcommand_from " + String.join(" ", words);
  }

  private static String line(String condition) {
    return "complete -c lmsctl -n '" + condition + "'";
  }

  private static String words(OptionSpec option) {
    StringBuilder words = new StringBuilder();
    for (String name : option.names()) {
      words.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    if (option.arity().max() == 0) {
      return words.toString();
    }
    return option.completionCandidates() == null
        ? words + " -r -F"
        : words + " -x -a '" + String.join(" ", option.completionCandidates()) + "'";
  }

  private static String description(String[] lines) {
    String first = lines.length == 0 ? "" : lines[0].replace("%%", "%").replace("'", "\\'");
    return first.isEmpty() ? "" : " -d '" + first + "'";
  }
}
