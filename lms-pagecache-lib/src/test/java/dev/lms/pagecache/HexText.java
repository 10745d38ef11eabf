package dev.lms.pagecache;

import java.util.HexFormat;

/** Bytes as text, so that a failed comparison can be read. */
final class HexText {
  private HexText() {}

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
