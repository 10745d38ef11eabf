// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import java.util.Random;

/** Where the chance in a history comes from. */
final class Seed {
  private static final String PROPERTY = "history.seed";

  private Seed() {}

  /** Another one each time; or that of an earlier run, given by {@code -Dhistory.seed=…}. */
  static long next() {
    return Long.getLong(PROPERTY, new Random().nextLong());
  }

  /** For a heading and for failures. */
  static String sentence(long seed) {
    return "the seed of this history is -D" + PROPERTY + "=" + seed;
  }
}
