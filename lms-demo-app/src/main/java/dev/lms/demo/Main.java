// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import dev.lms.demo.cli.CommandLineInterface;
import java.util.Locale;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs one command of lmsctl and ends with its exit code. */
  public static void main(String[] args) {
    // The site speaks English. What case, digits or calendar a machine prefers must not decide
    // anything, here or in libraries: in Turkish, "ID" in lower case is another word.
    Locale.setDefault(Locale.ROOT);
    System.exit(CommandLineInterface.run(App.features(), args));
  }
}
