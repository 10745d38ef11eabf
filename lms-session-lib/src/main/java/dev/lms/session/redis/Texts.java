// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts in a row, in UTF-8, each behind its length in bytes (4, big-endian), so that none can be
 * taken for the end of another. What Lua reads and writes as {@code struct.unpack('>I4c0')}.
 */
final class Texts {
  private final List<byte[]> texts = new ArrayList<>();
  private int size;

  void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    texts.add(bytes);
    size += Integer.BYTES + bytes.length;
  }

  /** All of them, behind a head of so many bytes, which the caller writes. */
  byte[] behind(int head) {
    ByteBuffer out = ByteBuffer.allocate(head + size).position(head);
    for (byte[] text : texts) {
      out.putInt(text.length).put(text);
    }
    return out.array();
  }

  /** Takes texts out again, one after the other. */
  static final class Reader {
    private final ByteBuffer in;

    Reader(byte[] bytes, int from) {
      in = ByteBuffer.wrap(bytes).position(from);
    }

    boolean isAtEnd() {
      return !in.hasRemaining();
    }

    /** The next text; null if there is none, or not all of it. */
    @Nullable String next() {
      if (in.remaining() < Integer.BYTES) {
        return null;
      }
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        return null;
      }
      int from = in.position();
      in.position(from + length);
      return new String(in.array(), from, length, StandardCharsets.UTF_8);
    }
  }
}
