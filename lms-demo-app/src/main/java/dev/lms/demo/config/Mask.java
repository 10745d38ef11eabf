// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes values fit to be shown. */
final class Mask {
  static final String STARS = "********";
  private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.:-]*://");
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)\\b(password|passwd|pwd|secret|token|key|cipher_?key)=[^&;#]*");

  private static final Pattern KNOWN_SCHEME =
      Pattern.compile("rediss?(-sentinel|-cluster)?://|(jdbc:)?postgresql:|jdbc:sqlite:");

  private Mask() {}

  /** Hides all but a scheme that is known: where a part is missing, any other may be a secret. */
  static String malformed(String url) {
    Matcher known = KNOWN_SCHEME.matcher(url);
    return (known.lookingAt() ? known.group() : "") + STARS;
  }

  /** Hides user info and secret parameters of a URL that was understood. */
  static String url(String url) {
    String scheme = "";
    String rest = url;
    var found = SCHEME.matcher(url);
    if (found.find()) {
      scheme = found.group();
      rest = url.substring(scheme.length());
    }
    // The last '@': an unencoded one may be part of the password.
    int at = rest.lastIndexOf('@');
    if (at >= 0) {
      int colon = rest.indexOf(':');
      String user =
          !scheme.isEmpty() && colon > 0 && colon < at ? rest.substring(0, colon) + ":" : "";
      rest = user + STARS + rest.substring(at);
    }
    return scheme + PARAMETER.matcher(rest).replaceAll("$1=" + STARS);
  }
}
