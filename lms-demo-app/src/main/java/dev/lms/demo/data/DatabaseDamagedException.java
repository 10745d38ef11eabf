// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

/**
 * What is in the place of the database is none, or not this site's; nothing was read or written.
 */
public final class DatabaseDamagedException extends DatabaseException {
  private static final long serialVersionUID = 1L;

  DatabaseDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
