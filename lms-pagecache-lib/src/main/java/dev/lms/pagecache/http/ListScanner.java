// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

/**
 * Takes a field that is a comma-separated list apart (RFC 9110 section 5.6), in time that grows
 * with its length and no faster: no character is looked at more than a few times, whatever the
 * others are. Commas in a quoted string do not separate, unless the string never ends.
 */
public final class ListScanner {
  /** Longest field, all its lines together, that anybody reads; longer ones are in doubt. */
  static final int MOST_CHARACTERS = 8192;

  private final CharSequence text;
  private int at;
  private int from;
  private int to;
  private boolean stringsEnd = true;

  ListScanner(CharSequence text) {
    this.text = text;
  }

  /** Whether the lines are too long to be read. */
  static boolean isExcessive(Iterable<? extends CharSequence> lines) {
    long characters = 0;
    for (CharSequence line : lines) {
      characters += 1 + line.length();
    }
    return characters > MOST_CHARACTERS;
  }

  /** Moves to the next member that is not empty. */
  boolean next() {
    int length = text.length();
    while (at < length) {
      from = at;
      for (char c = text.charAt(at); c != ','; c = text.charAt(at)) {
        at = c == '"' ? afterString() : at + 1;
        if (at == length) {
          break;
        }
      }
      to = at;
      at++;
      trim();
      if (from < to) {
        return true;
      }
    }
    return false;
  }

  private void trim() {
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (from < to && isSpace(text.charAt(to - 1))) {
      to--;
    }
  }

  private int afterString() {
    if (stringsEnd) {
      int end = endOfString(text, at, text.length());
      if (end >= 0) {
        return end;
      }
      stringsEnd = false; // Nor does any that begins later.
    }
    return at + 1;
  }

  /** Where the member begins, without white space. */
  int from() {
    return from;
  }

  /** Where it has ended. */
  int to() {
    return to;
  }

  /** Where the quoted string that begins here has ended; negative if it does not end. */
  static int endOfString(CharSequence text, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Where the token that begins here has ended (RFC 9110 section 5.6.2). */
  static int endOfToken(CharSequence text, int from, int to) {
    int end = from;
    while (end < to && isTokenCharacter(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /**
   * {@return whether a text is a token (RFC 9110 section 5.6.2)}
   *
   * @param text the text
   */
  public static boolean isToken(String text) {
    return !text.isEmpty() && endOfToken(text, 0, text.length()) == text.length();
  }

  private static boolean isTokenCharacter(char c) {
    return isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  /**
   * {@return whether a character is a letter or digit of ASCII}
   *
   * @param c the character
   */
  public static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** RFC 9110 section 5.6.3. */
  static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
