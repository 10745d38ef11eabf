// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What the pages are purged by that show one person's progress. */
final class Learners {
  private Learners() {}

  static String tag(String username) {
    // A tag has no comma.
    return "learner:" + URLEncoder.encode(username, StandardCharsets.UTF_8);
  }
}
