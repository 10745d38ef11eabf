// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.util.Set;

/**
 * What became of an edit.
 *
 * @param <T> what was edited
 */
public sealed interface Edited<T> {
  /**
   * It is stored.
   *
   * @param programs those that show the course
   */
  record Stored<T>(Set<String> programs) implements Edited<T> {}

  /**
   * Nothing was stored: somebody else stored something else since the form was shown.
   *
   * @param stored what is stored
   */
  record Conflict<T>(T stored) implements Edited<T> {}

  /** Nothing was stored: it is gone. */
  record Gone<T>() implements Edited<T> {}
}
