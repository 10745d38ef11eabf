// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Asks before something ends that cannot be brought back. */
final class Confirmation {
  private final Optional<Console> terminal;
  private final boolean given;

  private Confirmation(Optional<Console> terminal, boolean given) {
    this.terminal = terminal;
    this.given = given;
  }

  /**
   * With {@code --yes} nobody is asked; without it somebody must be there.
   *
   * @throws ParameterException off a terminal
   */
  static Confirmation of(boolean yes, CommandSpec spec) {
    Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (!yes && terminal.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "this ends sessions: off a terminal say --yes; nothing was ended");
    }
    return new Confirmation(terminal, yes);
  }

  /**
   * Whether to go on.
   *
   * @throws CommandFailure if the answer is anything but yes
   */
  void require(String question) {
    if (given || terminal.isEmpty()) {
      return;
    }
    @Nullable String answer = terminal.get().readLine("%s [y/N] ", question);
    if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
      throw new CommandFailure("nothing was ended");
    }
  }
}
