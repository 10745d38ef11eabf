// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

/** Where the site runs ({@code LMS_ENV}). */
public enum Environment {
  /** On a person's own machine: a generated key, sample accounts, loopback only. */
  DEVELOPMENT,
  /** Under a test suite: cookie sessions unless a Redis URL is set. */
  TESTING,
  /** For everyone: no weak keys, Secure cookies, all interfaces. */
  PRODUCTION
}
