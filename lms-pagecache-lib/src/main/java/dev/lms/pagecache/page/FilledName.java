// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A name of a page with its holes filled, and what it was made of: whoever fills them alike has the
 * same name. Immutable.
 *
 * @param digest names the page, apart from what is in its holes
 * @param values the values of its holes, in the order of the body; not to be changed
 * @param name the name
 */
record FilledName(String digest, List<byte[]> values, String name) {
  private static final byte[] NOTHING = {};

  /** No store counts what is remembered here. */
  private static final int SMALL = 1024;

  static FilledName of(String digest, List<String> holes, Map<String, byte[]> filled) {
    List<byte[]> values = holes.stream().map(hole -> value(hole, filled)).toList();
    Digests all = new Digests().part('D', digest);
    values.forEach(value -> all.part('F', new Slice(value, 0, value.length)));
    return new FilledName(digest, values, all.name());
  }

  /** Whether it may be remembered beside the page. */
  boolean isSmall() {
    return values.stream().mapToInt(value -> value.length).sum() <= SMALL;
  }

  boolean isOf(String otherDigest, List<String> holes, Map<String, byte[]> filled) {
    if (!digest.equals(otherDigest) || values.size() != holes.size()) {
      return false;
    }
    for (int i = 0; i < values.size(); i++) {
      if (!Arrays.equals(values.get(i), value(holes.get(i), filled))) {
        return false;
      }
    }
    return true;
  }

  private static byte[] value(String hole, Map<String, byte[]> filled) {
    return filled.getOrDefault(hole, NOTHING);
  }
}
