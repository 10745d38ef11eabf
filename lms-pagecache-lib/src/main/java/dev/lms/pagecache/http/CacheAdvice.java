// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What an answer tells the caches it passes on its way: by {@code Cache-Control}, and by fields
 * that tell some of them something else. Those are the ones of RFC 9213, whose names all end alike,
 * and the older ones of single products.
 */
public final class CacheAdvice {
  private static final String CACHE_CONTROL = "cache-control";

  /** Of surrogates and of HTTP/1.0: they forbid in the words of {@code Cache-Control}. */
  private static final Set<String> OLDER = Set.of("pragma", "surrogate-control", "edge-control");

  private static final String[] OTHERS = {
    "surrogate-control", "edge-control", "x-accel-expires", "expires"
  };

  private CacheAdvice() {}

  /**
   * Whether a field would contradict what a cache says in {@code Cache-Control}: one that is
   * stronger than it for some caches, or {@code Expires}.
   *
   * @param name its name, in any case
   * @return false for {@code Cache-Control} itself
   */
  public static boolean overrides(String name) {
    if (isCacheControl(name)) {
      return true;
    }
    for (String other : OTHERS) {
      if (other.equalsIgnoreCase(name)) { // Asked of every field at every hit: makes no copy.
        return true;
      }
    }
    return false;
  }

  /**
   * Advice for an answer that came with some of its own.
   *
   * @param said the lines of its {@code Cache-Control}
   * @param advice what to say unless it is stricter
   * @return the value to send: what was said if that is {@code no-store}; if it may have been
   *     meant, the advice and {@code no-store}. What was said of transforms stays
   */
  public static String stricter(List<String> said, String advice) {
    if (said.isEmpty()) {
      return advice;
    }
    CacheControl own = CacheControl.parse(said);
    if (own.permits(Directive.NO_STORE)) {
      String joined = String.join(", ", said);
      // A quote that is open at the end of one line would swallow what others say.
      if (said.size() == 1 || CacheControl.parse(List.of(joined)).isAsStrictAs(own)) {
        return joined;
      }
    }
    String all = own.says(Directive.NO_STORE) ? advice + ", no-store" : advice;
    return own.says(Directive.NO_TRANSFORM) ? all + ", no-transform" : all;
  }

  /**
   * Whether a message wants its bytes, or those of its answer, left as they are (RFC 9111 sections
   * 5.2.1.6 and 5.2.2.6).
   *
   * @param said the lines of its {@code Cache-Control}
   * @return true if it says {@code no-transform}, or may mean it
   */
  public static boolean forbidsTransforms(List<String> said) {
    return !said.isEmpty() && CacheControl.parse(said).says(Directive.NO_TRANSFORM);
  }

  /** As {@code CDN-Cache-Control}; not {@code Cache-Control} itself. */
  static boolean isCacheControl(String name) {
    int prefix = name.length() - CACHE_CONTROL.length();
    return prefix > 0
        && name.charAt(prefix - 1) == '-'
        && name.regionMatches(true, prefix, CACHE_CONTROL, 0, CACHE_CONTROL.length());
  }

  static boolean isOlder(String name) {
    return OLDER.contains(name.toLowerCase(Locale.ROOT));
  }
}
