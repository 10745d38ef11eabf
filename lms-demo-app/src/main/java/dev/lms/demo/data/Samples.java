// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

/** What a site shows that has nothing of its own yet. */
public enum Samples {
  /** Nothing: it is somebody's site. */
  NONE,
  /** Courses and programs. */
  CATALOGUE,
  /** Those, and the accounts whose passwords are public. */
  ACCOUNTS;

  /** These, without accounts. */
  public Samples withoutAccounts() {
    return this == ACCOUNTS ? CATALOGUE : this;
  }
}
