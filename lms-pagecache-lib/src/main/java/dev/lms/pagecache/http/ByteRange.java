// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of bytes of a body (RFC 9110 section 14.1.2).
 *
 * @param from the first byte, counted from zero
 * @param length how many bytes; zero if the body has none of those asked for
 */
public record ByteRange(int from, int length) {
  private static final Pattern ONE = Pattern.compile("bytes=([0-9]{0,9})-([0-9]{0,9})");

  /**
   * The range a request asks for.
   *
   * @param range the lines of {@code Range}
   * @param size length of the body
   * @return the range; empty if there is none, or one that a server may ignore: of another unit, of
   *     several parts, malformed
   */
  public static Optional<ByteRange> of(List<String> range, int size) {
    if (range.size() != 1) {
      return Optional.empty();
    }
    Matcher one = ONE.matcher(range.get(0).strip());
    if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
      return Optional.empty();
    }
    if (one.group(1).isEmpty()) {
      int length = Math.min(size, Integer.parseInt(one.group(2)));
      return Optional.of(new ByteRange(size - length, length));
    }
    int from = Integer.parseInt(one.group(1));
    int last =
        one.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Integer.parseInt(one.group(2)));
    if (!one.group(2).isEmpty() && Integer.parseInt(one.group(2)) < from) {
      return Optional.empty();
    }
    return Optional.of(new ByteRange(from, Math.max(0, last - from + 1)));
  }
}
