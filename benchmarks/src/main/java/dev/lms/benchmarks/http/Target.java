// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.util.Map;
import java.util.TreeMap;

/** A request that is sent over and over. */
record Target(String url, Map<String, String> headers) {
  static Target of(String url) {
    return new Target(url, Map.of());
  }

  Target with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new Target(url, more);
  }
}
