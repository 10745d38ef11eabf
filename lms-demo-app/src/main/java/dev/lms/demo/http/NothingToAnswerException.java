// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import java.io.IOException;

/**
 * The client broke off, is too slow, or was refused: nobody is there to answer, nothing of ours
 * failed, and the connection ends.
 */
final class NothingToAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  NothingToAnswerException(String message) {
    super(message);
  }

  NothingToAnswerException(IOException cause) {
    super("the request broke off: " + cause.getMessage(), cause);
  }
}
