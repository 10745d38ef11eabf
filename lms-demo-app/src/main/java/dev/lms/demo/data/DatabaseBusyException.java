// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

/**
 * The database had no time for the work within its bounds. The work has not happened and will not
 * happen later; trying again in a few seconds is safe.
 */
public final class DatabaseBusyException extends DatabaseException {
  private static final long serialVersionUID = 1L;

  DatabaseBusyException(String message) {
    super(message);
  }

  DatabaseBusyException(String message, Throwable cause) {
    super(message, cause);
  }
}
