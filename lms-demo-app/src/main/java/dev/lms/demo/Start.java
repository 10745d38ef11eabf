// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

/**
 * Where the jar starts, on whichever Java: one that is too old for everything else could only say
 * that it does not know this version of class files. So this class is compiled for Java 11, and
 * calls {@link Main} by name.
 */
public final class Start {
  private static final int LEAST = 25;

  /** No JDK that is new enough, as {@code lmsctl} says it. */
  private static final int UNAVAILABLE = 69;

  private Start() {}

  /** Starts {@link Main} with these arguments, or says what is needed. */
  public static void main(String[] args) throws ReflectiveOperationException {
    int feature = Runtime.version().feature();
    if (feature < LEAST) {
      System.err.println(
          "lms needs a JDK "
              + LEAST
              + " or newer, and this is Java "
              + feature
              + ": use lmsctl, which looks for one, or the java of that JDK");
      System.exit(UNAVAILABLE);
    }
    Class.forName("dev.lms.demo.Main")
        .getMethod("main", String[].class)
        .invoke(null, (Object) args);
  }
}
