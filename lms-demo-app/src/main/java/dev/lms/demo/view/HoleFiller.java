// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import dev.lms.session.Session;
import java.util.Map;

/** Fills a hole of shared pages for one person at a time. */
@FunctionalInterface
public interface HoleFiller {
  /**
   * Writes HTML, with everything people wrote escaped.
   *
   * @param path the variables of the page's address
   */
  String fill(Session session, Map<String, String> path);
}
