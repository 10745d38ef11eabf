// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

/** The {@code SameSite} attribute of the session cookie. */
public enum SameSite {
  /** Never sent from another site. */
  STRICT,
  /** Sent from another site only when a link is followed. */
  LAX,
  /** Always sent; needs {@code Secure}. */
  NONE
}
