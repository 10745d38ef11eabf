// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How far a course has come. */
public enum State {
  /** Its instructor writes it; nobody else sees it. */
  DRAFT,
  /** In the catalogue, and open to students. */
  PUBLISHED,
  /** Out of the catalogue and closed to new students; those enrolled read on. */
  ARCHIVED;

  /** As it stands in forms and in the database. */
  public String token() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state with this token. */
  public static Optional<State> of(String token) {
    return Arrays.stream(values()).filter(state -> state.token().equals(token)).findFirst();
  }
}
