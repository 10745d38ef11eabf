// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import dev.lms.pagecache.http.Coding;
import java.util.Map;

/** Entity tags made of what they name (RFC 9110 section 8.8.3). */
public final class EntityTag {
  private EntityTag() {}

  /**
   * A strong tag: another one for each coding, and another one whenever a byte of the body or a
   * stored field would differ. Pages without holes need no hashing here.
   *
   * @param digest names the page, apart from what is in its holes
   * @param body its body
   * @param coding the coding it is sent in
   * @param filled the value of each hole
   * @param ofAStranger whether nobody's own values are in the holes, so that many who ask have the
   *     same; their tag is remembered
   * @return the tag with its quotes
   */
  public static String of(
      String digest, Body body, Coding coding, Map<String, byte[]> filled, boolean ofAStranger) {
    if (!body.hasHoles()) {
      return quoted(digest, coding);
    }
    if (!ofAStranger) {
      return quoted(FilledName.of(digest, body.holes(), filled).name(), coding);
    }
    FilledName known = body.nameForStrangers();
    if (known == null || !known.isOf(digest, body.holes(), filled)) {
      known = FilledName.of(digest, body.holes(), filled);
      if (known.isSmall()) {
        body.rememberForStrangers(known);
      }
    }
    return quoted(known.name(), coding);
  }

  private static String quoted(String name, Coding coding) {
    return coding == Coding.GZIP ? '"' + name + "-gzip\"" : '"' + name + '"';
  }

  /**
   * {@return a weak tag for an answer that means the same as another one and has other bytes (RFC
   * 9110 section 8.8.3.3)}
   *
   * @param tag the strong tag of the other one
   */
  public static String ofOtherBytes(String tag) {
    return tag.startsWith("\"") ? "W/" + tag : tag;
  }
}
