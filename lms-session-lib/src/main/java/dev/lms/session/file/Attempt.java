// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.Written;
import java.util.Optional;

/**
 * What became of an attempt to write a session under one of its names.
 *
 * @param next the name under which to try again, if it was rotated meanwhile and the old one is an
 *     alias
 */
record Attempt(Written written, Optional<String> next) {
  static final Attempt GONE = of(Written.GONE);

  static Attempt of(Written written) {
    return new Attempt(written, Optional.empty());
  }

  static Attempt rotated(String next) {
    return new Attempt(Written.GONE, Optional.of(next));
  }
}
