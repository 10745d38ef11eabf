// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.util.HexFormat;

/** Bytes as text, so that a failed comparison can be read. */
final class HexText {
  private HexText() {}

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
