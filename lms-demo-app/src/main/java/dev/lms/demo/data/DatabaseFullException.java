// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

/** There is no space left for what was to be written; nothing was. What is there can be read. */
public final class DatabaseFullException extends DatabaseException {
  private static final long serialVersionUID = 1L;

  DatabaseFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
