// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

/**
 * Says that the store of pages cannot be reached or does not work. An absent page is never an
 * exception.
 */
public final class PageStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception for an outage.
   *
   * @param message what could not be done, and the remedy
   * @param cause what the store's client threw
   */
  public PageStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
