// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a page. Those of a page that was read from bytes stay bytes until somebody asks for
 * them: whoever finds the page in a shared store need not, and a page may have a thousand. In bytes
 * they are in order, each as what it has in common with the one before, up to 255 bytes, and the
 * rest. Thread-safe.
 */
final class PageTags {
  private static final int LONG = 255;

  private final ByteBuffer encoded;
  private volatile @Nullable Set<String> all;

  private PageTags(ByteBuffer encoded, @Nullable Set<String> all) {
    this.encoded = encoded;
    this.all = all;
  }

  static PageTags of(Set<String> tags) {
    return new PageTags(ByteBuffer.allocate(0), Set.copyOf(tags));
  }

  /**
   * Takes the tags that follow here, and goes on behind them.
   *
   * @throws RuntimeException if there are none, so that nobody meets that later
   */
  static PageTags read(ByteBuffer in) {
    ByteBuffer encoded = in.slice();
    int before = 0;
    for (int left = in.getInt(); left > 0; left--) {
      int common = common(in, before);
      int rest = rest(in);
      in.position(in.position() + rest);
      before = common + rest;
    }
    return new PageTags(encoded, null);
  }

  private static int common(ByteBuffer in, int before) {
    int common = Byte.toUnsignedInt(in.get());
    if (common > before) {
      throw new IllegalArgumentException("Two tags have more in common than the first is long");
    }
    return common;
  }

  private static int rest(ByteBuffer in) {
    int rest = Byte.toUnsignedInt(in.get());
    if (rest == LONG) {
      rest = in.getInt();
    }
    if (rest < 0 || rest > in.remaining()) {
      throw new IllegalArgumentException("A tag is shorter than it says");
    }
    return rest;
  }

  /** The tags; they do not change. */
  Set<String> all() {
    Set<String> known = all;
    if (known == null) {
      // Threads that come here at once all find the same.
      known = decoded(encoded.duplicate());
      all = known;
    }
    return known;
  }

  private static Set<String> decoded(ByteBuffer in) {
    Set<String> tags = new HashSet<>();
    byte[] tag = {};
    for (int left = in.getInt(); left > 0; left--) {
      int common = common(in, tag.length);
      int rest = rest(in);
      tag = Arrays.copyOf(Arrays.copyOf(tag, common), common + rest);
      in.get(tag, common, rest);
      tags.add(new String(tag, StandardCharsets.UTF_8));
    }
    return Set.copyOf(tags);
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeInt(all().size());
    byte[] before = {};
    for (String text : new TreeSet<>(all())) {
      byte[] tag = text.getBytes(StandardCharsets.UTF_8);
      int differs = Arrays.mismatch(before, tag);
      int common = Math.min(differs < 0 ? tag.length : differs, LONG);
      int rest = tag.length - common;
      out.writeByte(common);
      out.writeByte(Math.min(rest, LONG));
      if (rest >= LONG) {
        out.writeInt(rest);
      }
      out.write(tag, common, rest);
      before = tag;
    }
  }
}
