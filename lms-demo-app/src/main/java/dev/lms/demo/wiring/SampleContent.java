// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Environment;
import dev.lms.demo.data.Samples;

/** What a new site is filled with. */
public final class SampleContent {
  private SampleContent() {}

  /** In production nothing, until somebody asks for it; accounts in development only. */
  public static Samples of(Environment environment) {
    return switch (environment) {
      case DEVELOPMENT -> Samples.ACCOUNTS;
      case TESTING -> Samples.CATALOGUE;
      case PRODUCTION -> Samples.NONE;
    };
  }
}
