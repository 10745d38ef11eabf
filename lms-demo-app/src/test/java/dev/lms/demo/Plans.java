// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import dev.lms.demo.plan.Demand;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.plan.Workload;
import java.util.List;
import java.util.OptionalInt;

/** Plans for sites that run inside a test. */
final class Plans {
  private Plans() {}

  /** For two processors and a heap of 256 MB, with a small page cache. */
  static ResourcePlan small() {
    return withPageCache(16);
  }

  /** The same with a page cache of so many megabytes. */
  static ResourcePlan withPageCache(int megabytes) {
    return ResourcePlan.of(
        new Demand(
            2,
            1024,
            200,
            1,
            1,
            OptionalInt.empty(),
            Workload.CPU,
            megabytes,
            OptionalInt.of(256),
            List.of()));
  }
}
