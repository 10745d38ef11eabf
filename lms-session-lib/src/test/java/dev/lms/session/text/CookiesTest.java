// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lms.session.CookieSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code Cookie} lines as clients write them, and as nobody should. */
class CookiesTest {
  private static List<String> values(String... lines) {
    return Cookies.values(List.of(lines), "__Host-session");
  }

  @Test
  void theValuesOfTheNameAreFound() {
    assertEquals(List.of(), values());
    assertEquals(List.of("V"), values("__Host-session=V"));
    assertEquals(List.of("V"), values("a=1; __Host-session=V; b=2"));
    assertEquals(List.of("V"), values("a=1;__Host-session=V;"));
    assertEquals(List.of("V", "W"), values("__Host-session=V; __Host-session=W"));
    assertEquals(List.of("V", "W"), values("a=1; __Host-session=V", "__Host-session=W"));
    assertEquals(List.of("a=b="), values("__Host-session=a=b="));
  }

  @Test
  void otherNamesAreNot() {
    for (String line :
        List.of(
            "",
            ";",
            "=",
            "__Host-session",
            "__Host-session;=V",
            "=__Host-session=V",
            "__host-session=V",
            "x__Host-session=V",
            "__Host-session2=V",
            "a=__Host-session=V",
            "__Host-session=",
            "__Host-session=\"\"",
            "__Host-session= \t",
            "\"__Host-session\"=V")) {
      assertEquals(List.of(), values(line), line);
    }
  }

  /** RFC 6265 section 4.1.1: the value may stand in one pair of quotes. */
  @Test
  void onePairOfQuotesIsNoPartOfTheValue() {
    assertEquals(List.of("V"), values("__Host-session=\"V\""));
    assertEquals(List.of("V"), values("__Host-session = \t\"V\" \t; a=1"));
    assertEquals(List.of("\"V\""), values("__Host-session=\"\"V\"\""));
    assertEquals(List.of("\"V"), values("__Host-session=\"V"));
    assertEquals(List.of("V\""), values("__Host-session=V\""));
    assertEquals(List.of("\""), values("__Host-session=\""));
    assertEquals(List.of(" V "), values("__Host-session=\" V \""));
    assertEquals(List.of("V\""), values("a=\"1; __Host-session=V\""), "as browsers cut it");
  }

  /** RFC 2965 section 3.3.4, as the JDK's own client writes it. */
  @Test
  void attributesOfOldClientsAreNoCookies() {
    assertEquals(
        List.of("V"),
        values("$Version=\"1\"; __Host-session=\"V\";$Path=\"/\";$Domain=\"localhost.local\""));
    assertEquals(List.of("V"), values("$Version=\"1\"", "__Host-session=\"V\";$Path=\"/\""));
    for (String name : List.of("$Version", "$Path", "$x")) {
      assertThrows(
          IllegalArgumentException.class, () -> CookieSettings.defaults().withName(name), name);
    }
  }

  /**
   * Sites send other names than {@code __Host-} ones freely: if what precedes the name were taken
   * for white space, any sibling domain could plant our cookie.
   */
  @Test
  void onlySpaceAndTabAreWhiteSpace() {
    assertEquals(List.of("V"), values(" \t __Host-session\t = V"));
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      if (c != ' ' && c != '\t' && c != ';' && c != '=') {
        assertEquals(List.of(), values((char) c + "__Host-session=V"), "before the name: " + c);
        assertEquals(List.of(), values("__Host-session" + (char) c + "=V"), "behind it: " + c);
      }
      if (c != ' ' && c != '\t' && c != ';') {
        String value = "V" + (char) c;
        assertEquals(List.of(value), values("__Host-session=" + value), "behind the value: " + c);
      }
    }
  }

  @Test
  void sameValuesAreOneAndTooManyAreNotLookedAt() {
    assertEquals(List.of("V"), values("__Host-session=V; __Host-session=\"V\""));
    assertEquals(
        List.of("0", "1", "2", "3"),
        values(
            "__Host-session=0; __Host-session=1; __Host-session=2",
            "__Host-session=3",
            "__Host-session=4"));
  }

  /** Browsers send no more than 4096 bytes of name and value. */
  @Test
  void whatNoBrowserSendsIsNotOurs() {
    String longest = "V".repeat(4096 - "__Host-session".length());
    assertEquals(List.of(longest), values("__Host-session=" + longest));
    assertEquals(List.of(longest), values("__Host-session=\"" + longest + "\""));
    assertEquals(List.of(), values("__Host-session=" + longest + "V"));
  }

  /** A second of work for a request of 380 KB would be an attack for free. */
  @Test
  void lengthCostsTimeInProportion() {
    for (String piece :
        List.of(";", "=", "a;", "a=;", "__Host-session;", "__Host-session=;", " ")) {
      String line = piece.repeat(4_000_000 / piece.length());
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> values(line), piece);
    }
  }

  @Test
  void prefixesThatPromiseWhatIsNotSentAreRefused() {
    for (String name : List.of("__Http-s", "__Host-Http-s")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> CookieSettings.defaults().withName(name).withHttpOnly(false),
          name);
    }
  }
}
