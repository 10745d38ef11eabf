// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Plain text, made ready for reading. */
public final class Text {
  /** As many characters as search engines show of a page's description. */
  public static final int SUMMARY = 155;

  private static final Pattern BLANK_LINES = Pattern.compile("\\R\\s*\\R");
  private static final String DANGLING = " ,;:–-";
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private Text() {}

  /** The paragraphs of a text: what blank lines part. */
  public static List<String> paragraphs(String text) {
    return BLANK_LINES.splitAsStream(text).map(String::strip).filter(p -> !p.isEmpty()).toList();
  }

  /** The beginning of a text, at most so many characters, cut between words. */
  public static String excerpt(String text, int length) {
    String line = line(text, length + 1);
    if (line.length() <= length) {
      return line;
    }
    int end = line.lastIndexOf(' ', length - 1);
    if (end < length / 2) {
      end = Character.isHighSurrogate(line.charAt(length - 2)) ? length - 2 : length - 1;
    }
    while (end > 0 && DANGLING.indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(0, end) + "…";
  }

  /**
   * The beginning of a text, at most so many characters, with one space where there were several.
   */
  private static String line(String text, int most) {
    String stripped = text.strip();
    StringBuilder line = new StringBuilder(most);
    boolean gap = false;
    for (int i = 0; i < stripped.length() && line.length() < most; i++) {
      char c = stripped.charAt(i);
      boolean blank = Character.isWhitespace(c);
      if (!blank || !gap) {
        line.append(blank ? ' ' : c);
      }
      gap = blank;
    }
    return line.toString();
  }

  /** A moment for people, in UTC. */
  public static String moment(Instant moment) {
    return MOMENT.format(moment);
  }
}
