// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

/**
 * What came of one check.
 *
 * @param check what was looked at
 * @param message what was found, in a sentence
 * @param remedy what to do about it; empty when all is well
 */
public record Finding(String check, Level level, String message, String remedy) {

  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** It works, and people may lose something one day. */
    WARNING,
    /** It does not work, or is open to anybody. */
    PROBLEM
  }

  static Finding ok(String check, String message) {
    return new Finding(check, Level.OK, message, "");
  }

  static Finding warning(String check, String message, String remedy) {
    return new Finding(check, Level.WARNING, message, remedy);
  }

  static Finding problem(String check, String message, String remedy) {
    return new Finding(check, Level.PROBLEM, message, remedy);
  }

  /** One line of it, without the level. */
  public String sentence() {
    return check + ": " + message + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
