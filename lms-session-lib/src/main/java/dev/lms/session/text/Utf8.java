// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.text;

/** What can be stored: every store writes text in UTF-8. */
public final class Utf8 {
  private Utf8() {}

  /**
   * {@return whether a text reads back from UTF-8 as it was} Half of a surrogate pair would read
   * back as a question mark, and two texts as one.
   *
   * @param text the text
   */
  public static boolean canWrite(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean isPair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!isPair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
