package dev.lms.demo;

import dev.lms.demo.cli.CommandLineInterface;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs one command of lmsctl and ends with its exit code. */
  public static void main(String[] args) {
    System.exit(CommandLineInterface.run(args));
  }
}
