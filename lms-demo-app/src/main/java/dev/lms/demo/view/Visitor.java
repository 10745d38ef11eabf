// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

/** For whom a page is. */
public enum Visitor {
  /** Somebody who is signed in. */
  PERSON,
  /** Somebody who is not. */
  STRANGER,
  /** Nobody can tell just now. */
  UNKNOWN
}
