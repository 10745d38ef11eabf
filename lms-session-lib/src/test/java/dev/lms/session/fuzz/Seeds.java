// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Bytes as they are written in a line: text in UTF-8, escapes for everything else. */
final class Seeds {
  private Seeds() {}

  static List<byte[]> read(String lines) {
    List<byte[]> seeds = new ArrayList<>();
    lines.lines().map(Seeds::parse).forEach(seeds::add);
    return seeds;
  }

  static byte[] parse(String line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < line.length()) {
      int escape = line.indexOf('\\', at);
      int end = escape < 0 ? line.length() : escape;
      bytes.writeBytes(line.substring(at, end).getBytes(StandardCharsets.UTF_8));
      at = end;
      if (at == line.length()) {
        break;
      }
      switch (line.charAt(at + 1)) {
        case 'n' -> bytes.write('\n');
        case 'x' -> bytes.write(HexFormat.fromHexDigits(line, at + 2, at + 4));
        default -> bytes.write(line.charAt(at + 1));
      }
      at += line.charAt(at + 1) == 'x' ? 4 : 2;
    }
    return bytes.toByteArray();
  }

  static String written(byte[] bytes) {
    StringBuilder line = new StringBuilder();
    for (byte b : bytes) {
      if (b == '\n') {
        line.append("\\n");
      } else if (b == '\\') {
        line.append("\\\\");
      } else if (b >= ' ' && b < 0x7f) {
        line.append((char) b);
      } else {
        line.append("\\x").append(HexFormat.of().toHexDigits(b));
      }
    }
    return line.toString();
  }
}
