// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.fuzz.FuzzTarget;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.NormalForm;
import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.store.PageKey;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Paths and queries in normal form: once is enough, and what means the same is spelled the same.
 */
class NormalFormFuzzTest extends FuzzTarget {
  private static final PageRule RULE = Pages.RULE.withParameters("page", "tag", "t[]", "a");

  /** A path of RFC 3986 section 3.3 with escapes in upper case. */
  private static final Pattern PATH =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*+");

  @Override
  protected void check(byte[] input) {
    String text = utf8(input);
    String path = NormalForm.ofPath(text);
    assertTrue(PATH.matcher(path).matches(), path);
    assertEquals(path, NormalForm.ofPath(path));
    assertEquals(
        text.chars().filter(c -> c == '/').count(), path.chars().filter(c -> c == '/').count());
    String name = NormalForm.ofName(text);
    assertEquals(name, NormalForm.ofName(name));
    assertSpelledTheSame(text);
    checkKey(text);
    checkWritten(text);
  }

  /** Letters and digits may be escaped, and escapes be in lower case. */
  private static void assertSpelledTheSame(String text) {
    StringBuilder other = new StringBuilder();
    int percent = -3;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      percent = c == '%' ? i : percent;
      if (i - percent > 2 && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
        other.append('%').append(Integer.toHexString(c));
      } else {
        other.append(c);
      }
    }
    assertEquals(NormalForm.ofPath(text), NormalForm.ofPath(other.toString()));
  }

  private static void checkKey(String text) {
    int mark = text.indexOf('?');
    String path = mark < 0 ? text : text.substring(0, mark);
    String query = mark < 0 ? null : text.substring(mark + 1);
    PageKey key = Pages.keyOf("", path, query, RULE, Fields.NONE, Variant.ANON);
    PageKey again =
        Pages.keyOf("", key.path(), key.query().orElse(null), RULE, Fields.NONE, Variant.ANON);
    assertEquals(key, again);
    List<PageKey.Part> parts = key.parts();
    assertEquals(new PageKey.Part("path", key.path()), parts.get(0));
  }

  /** What somebody wrote who wants to purge: refused, or the path that pages have. */
  private static void checkWritten(String text) {
    try {
      assertEquals(NormalForm.ofPath(text), Tags.normalPath(text));
    } catch (IllegalArgumentException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("The path"), e.getMessage());
    }
  }
}
