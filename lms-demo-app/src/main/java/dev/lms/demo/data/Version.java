// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.util.Optional;

/** Tells whether anything has changed in a database since an earlier look. Thread-safe. */
interface Version extends AutoCloseable {
  /**
   * What differs from all earlier answers as soon as any process has reported a change.
   *
   * @return as it was at some moment after this was called; empty if it cannot be told
   */
  Optional<String> now();

  /** To be called after a change was committed and before anybody is told so. */
  void changed();

  @Override
  void close();
}
