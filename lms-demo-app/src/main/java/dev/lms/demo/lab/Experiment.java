// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

/** Shows one thing that goes wrong, beside what does not. */
interface Experiment {
  /** Its place below {@code /lab}. */
  String id();

  /** Whether the site's sessions must merge what two requests change at the same time. */
  default boolean needsMerging() {
    return false;
  }

  Report run(Bench bench);
}
