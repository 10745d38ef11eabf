// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One step of a decision.
 *
 * @param reason what it looks for
 * @param objects whether it found it
 */
record Step<T>(Reason reason, Predicate<T> objects) {
  /** What the first step that objects says. */
  static <T> Optional<Reason> first(List<Step<T>> steps, T facts) {
    for (Step<T> step : steps) {
      if (step.objects().test(facts)) {
        return Optional.of(step.reason());
      }
    }
    return Optional.empty();
  }

  /** What each of them says, in order. */
  static <T> List<Answered> all(List<Step<T>> steps, T facts) {
    return steps.stream()
        .map(step -> new Answered(step.reason(), step.objects().test(facts)))
        .toList();
  }
}
