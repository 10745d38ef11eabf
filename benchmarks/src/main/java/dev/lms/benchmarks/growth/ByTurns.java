// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import java.util.List;

/** One cookie after the other, so that no session is warmer than others are. For one thread. */
final class ByTurns {
  private final List<String> cookies;
  private int next;

  ByTurns(List<String> cookies) {
    this.cookies = List.copyOf(cookies);
  }

  String cookie() {
    return cookies.get(next++ % cookies.size());
  }
}
