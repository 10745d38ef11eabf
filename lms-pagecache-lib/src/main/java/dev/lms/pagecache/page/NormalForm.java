// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import dev.lms.pagecache.http.ListScanner;
import java.nio.charset.StandardCharsets;

/**
 * One spelling for what RFC 3986 section 6.2.2 says is the same: hexadecimal digits in upper case,
 * unreserved characters as they are, all that no URI holds percent-encoded as UTF-8. Nothing else
 * is merged: a {@code %2F} is no slash, dot segments and empty segments stay. What is in this form
 * already is given back as it is.
 */
public final class NormalForm {
  private static final String HEX = "0123456789ABCDEF";

  /** What a path holds besides letters and digits (RFC 3986 section 3.3). */
  private static final String IN_PATHS = "-._~!$&'()*+,;=:@/";

  /** What the name of a parameter does; brackets do no harm there and are often sent so. */
  private static final String IN_NAMES = "-._~!$&'()*+,;=:@/?[]";

  private NormalForm() {}

  /**
   * {@return the normal form of a path}
   *
   * @param raw the raw path
   */
  public static String ofPath(String raw) {
    if (isPlain(raw, IN_PATHS)) {
      return raw;
    }
    StringBuilder path = new StringBuilder(raw.length() + 16);
    int begin = 0;
    while (begin <= raw.length()) {
      int slash = raw.indexOf('/', begin);
      int end = slash < 0 ? raw.length() : slash;
      String segment = of(raw.substring(begin, end), IN_PATHS, "-._~");
      // An encoded dot is a dot, except where that would make a segment mean another folder.
      path.append(isDots(segment) ? of(raw.substring(begin, end), IN_PATHS, "-_~") : segment);
      if (slash >= 0) {
        path.append('/');
      }
      begin = end + 1;
    }
    return path.toString();
  }

  private static boolean isDots(String segment) {
    int parameters = segment.indexOf(';');
    String name = parameters < 0 ? segment : segment.substring(0, parameters);
    return name.equals(".") || name.equals("..");
  }

  /**
   * {@return the normal form of the name of a query parameter}
   *
   * @param raw the raw name
   */
  public static String ofName(String raw) {
    return isPlain(raw, IN_NAMES) ? raw : of(raw, IN_NAMES, "-._~[]");
  }

  private static boolean isPlain(String raw, String plain) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (!ListScanner.isLetterOrDigit(c) && plain.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param plain what stays as it is, besides letters and digits
   * @param decoded what is decoded, besides letters and digits
   */
  private static String of(String raw, String plain, String decoded) {
    StringBuilder form = new StringBuilder(raw.length() + 16);
    int at = 0;
    while (at < raw.length()) {
      char c = raw.charAt(at);
      int octet = c == '%' ? octet(raw, at + 1) : -1;
      if (octet >= 0) {
        char meant = (char) octet;
        if (ListScanner.isLetterOrDigit(meant) || decoded.indexOf(meant) >= 0) {
          form.append(meant);
        } else {
          encode(form, octet);
        }
        at += 3;
      } else if (ListScanner.isLetterOrDigit(c) || plain.indexOf(c) >= 0) {
        form.append(c);
        at++;
      } else {
        at = encodeCharacter(form, raw, at);
      }
    }
    return form.toString();
  }

  private static int encodeCharacter(StringBuilder to, String raw, int at) {
    int character = raw.codePointAt(at);
    int end = at + Character.charCount(character);
    if (end == at + 1 && Character.isSurrogate(raw.charAt(at))) {
      to.append(raw.charAt(at)); // Half a character has no form, and no URI holds it.
    } else {
      for (byte octet : raw.substring(at, end).getBytes(StandardCharsets.UTF_8)) {
        encode(to, octet & 0xff);
      }
    }
    return end;
  }

  private static void encode(StringBuilder to, int octet) {
    to.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 0xf));
  }

  /** Negative if these are not two hexadecimal digits. */
  private static int octet(String raw, int at) {
    if (at + 2 > raw.length()) {
      return -1;
    }
    int high = digit(raw.charAt(at));
    int low = digit(raw.charAt(at + 1));
    return high < 0 || low < 0 ? -1 : 16 * high + low;
  }

  /** ASCII only, unlike {@link Character#digit}. */
  private static int digit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
