// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.adapter;

import java.io.IOException;

/**
 * An answer broke off after it had begun. Whoever serves closes the connection, or the client takes
 * what it got for the whole.
 */
public final class CutOffException extends IOException {
  private static final long serialVersionUID = 1;

  CutOffException(String why) {
    super(why);
  }

  CutOffException(Throwable cause) {
    super("The answer broke off: " + cause, cause);
  }
}
