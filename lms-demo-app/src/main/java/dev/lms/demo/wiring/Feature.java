// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.data.Tables;
import java.util.List;

/**
 * One feature of the site. It knows the features it builds on, and none knows who builds on it: to
 * add one, write it and name it in {@code App}.
 */
public interface Feature {
  /** The tables it keeps; those of the features it builds on are there already. */
  default List<Tables> tables() {
    return List.of();
  }

  /** Makes it of these parts, and says what it adds to the site. Called once for each start. */
  Content open(Parts parts);

  /** The tables of all of these, in their order. */
  static List<Tables> tablesOf(List<Feature> features) {
    return features.stream().flatMap(feature -> feature.tables().stream()).toList();
  }
}
