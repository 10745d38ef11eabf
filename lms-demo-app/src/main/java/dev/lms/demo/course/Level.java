// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a course expects of those who take it. */
public enum Level {
  /** Nothing but patience. */
  BEGINNER,
  /** A first course, or as much practice. */
  INTERMEDIATE,
  /** Experience. */
  ADVANCED;

  /** As it stands in addresses and in the database. */
  public String token() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  public String label() {
    return name().charAt(0) + token().substring(1);
  }

  /** The level with this token. */
  public static Optional<Level> of(String token) {
    return Arrays.stream(values()).filter(level -> level.token().equals(token)).findFirst();
  }
}
