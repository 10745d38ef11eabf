// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A password that somebody chooses: never an argument, which other users of a machine can read. */
final class NewPassword {
  private NewPassword() {}

  /**
   * Asks twice on a terminal, unseen; off a terminal reads one line of standard input.
   *
   * @throws CommandFailure if there is none, or the two differ
   */
  static String read() {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .map(NewPassword::ask)
        .orElseGet(NewPassword::line);
  }

  private static String ask(Console console) {
    char @Nullable [] once = console.readPassword("New password: ");
    char @Nullable [] again = console.readPassword("The same again: ");
    if (once == null || again == null) {
      throw new CommandFailure("no password was given; nothing was changed");
    }
    if (!Arrays.equals(once, again)) {
      throw new CommandFailure("the two passwords differ; nothing was changed");
    }
    return new String(once);
  }

  private static String line() {
    try {
      // Not closed: it is the process's own.
      @Nullable String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      if (line == null || line.isEmpty()) {
        throw new CommandFailure("no password was given on standard input; nothing was changed");
      }
      return line;
    } catch (IOException e) {
      throw new CommandFailure("cannot read the password: " + e.getMessage());
    }
  }
}
