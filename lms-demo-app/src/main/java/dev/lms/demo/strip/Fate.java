// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.strip;

import dev.lms.pagecache.Explanation;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What became of a request at the page cache, as its {@code Cache-Status} says (RFC 9211).
 *
 * @param word one word in capitals
 * @param variant the token of those who share the page; empty if the cache was not asked
 * @param reason why it was neither from the cache nor stored, in words
 * @param secondsLeft how long the page stays fresh, if it came from the cache
 */
record Fate(String word, String variant, Optional<String> reason, OptionalLong secondsLeft) {
  private static final Pattern LEFT = Pattern.compile("; ttl=(-?[0-9]{1,10})");
  private static final Pattern FORWARDED = Pattern.compile("; fwd=([a-z-]+)");
  private static final Pattern DETAIL = Pattern.compile("; detail=([a-z]+)(?:/([a-z-]+))?");

  static Fate of(String status) {
    Matcher detail = DETAIL.matcher(status);
    boolean known = detail.find();
    Matcher left = LEFT.matcher(status);
    OptionalLong seconds =
        left.find() ? OptionalLong.of(Long.parseLong(left.group(1))) : OptionalLong.empty();
    return new Fate(
        word(status, seconds),
        known ? detail.group(1) : "",
        known ? Optional.ofNullable(detail.group(2)).map(Fate::meaning) : Optional.empty(),
        seconds);
  }

  private static String word(String status, OptionalLong secondsLeft) {
    if (secondsLeft.isPresent()) {
      return secondsLeft.getAsLong() < 0 ? "STALE" : "HIT";
    }
    if (status.contains("; collapsed")) {
      return "COLLAPSED";
    }
    Matcher forwarded = FORWARDED.matcher(status);
    if (!forwarded.find()) {
      return "NOT CACHED";
    }
    return switch (forwarded.group(1)) {
      case "bypass" -> "BYPASS";
      case "stale" -> "EXPIRED";
      default -> "MISS";
    };
  }

  private static String meaning(String token) {
    return Explanation.meaningOf(token).orElse(token);
  }

  /** Whether nothing was rendered for this request. */
  boolean isFromCache() {
    return secondsLeft.isPresent() || word.equals("COLLAPSED");
  }
}
