// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.util.function.Supplier;

/** A cache before pages. */
interface PagePeer extends AutoCloseable {
  /**
   * What somebody gets who asks for this page.
   *
   * @param person empty for a stranger
   */
  String get(String path, String person) throws Exception;

  /** The page has changed. */
  void purge(String path) throws Exception;

  /** Makes a page. */
  interface Renderer {
    /**
     * The text of a page.
     *
     * @param person who asks; whoever wrote the page may have forgotten to say that it looks
     */
    String render(String path, Supplier<String> person);
  }
}
