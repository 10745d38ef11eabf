// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.servlet;

import java.io.IOException;

/** Thrown to whoever goes on writing for long, as if the client had gone. */
final class NobodyReads extends IOException {
  private static final long serialVersionUID = 1;

  NobodyReads() {
    super("nobody reads this: another answer was sent instead, because of its session");
  }
}
