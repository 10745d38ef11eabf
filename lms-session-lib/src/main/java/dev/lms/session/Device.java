// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.text.Utf8;
import java.nio.charset.StandardCharsets;

/**
 * What a person signed in with, for lists in which they recognise their own devices. The browser
 * and the network claim it; nothing proves it. Immutable.
 *
 * @param userAgent the {@code User-Agent} header, or another name of the device; cut at 256
 *     characters, with spaces for control characters
 * @param address where the request came from, as the caller knows it behind its proxies; cut and
 *     cleaned like {@code userAgent}
 */
public record Device(String userAgent, String address) {
  /** A device of which nothing is known. */
  public static final Device UNKNOWN = new Device("", "");

  private static final int LONGEST = 256;

  /** Cuts and cleans both components. */
  public Device {
    userAgent = clean(userAgent);
    address = clean(address);
  }

  private static String clean(String text) {
    String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    if (!Utf8.canWrite(cut)) {
      // Half of a pair, where it was cut or from the start: what every store would make of it.
      cut = new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
    for (int i = 0; i < cut.length(); i++) {
      if (Character.isISOControl(cut.charAt(i))) {
        cut = cut.replace(cut.charAt(i), ' ');
      }
    }
    return cut;
  }
}
