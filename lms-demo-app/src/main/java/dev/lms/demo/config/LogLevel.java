// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

/** From which level on messages are written. */
public enum LogLevel {
  /** Nothing is. */
  OFF,
  /** Failures of ours. */
  ERROR,
  /** What somebody should look at. */
  WARNING,
  /** What happens. */
  INFO,
  /** What clients do wrong, and details; only of what is ours. */
  DEBUG,
  /** Everything that is ours. */
  TRACE
}
