// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/course/explore?page=2&tag=web",
        "/course/py101/take",
        "/course/explore?tag=a%20b",
        "/user/account",
        "/?next=//elsewhere"
      })
  void pathsOfThisSiteAreKept(String path) {
    assertEquals(path, SignIn.next(Optional.of(path)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "course",
        "//elsewhere.example",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "\t//elsewhere.example",
        " //elsewhere.example",
        "/a\\b",
        "https://elsewhere.example/",
        "https:elsewhere.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=y",
        "/a#b",
        "/ä",
        "/user/login",
        "/user/login?next=/user/login",
        "/user/logout"
      })
  void everythingElseGoesToTheFront(String wish) {
    assertEquals("/", SignIn.next(Optional.of(wish)));
  }

  @Test
  void noWishGoesToTheFront() {
    assertEquals("/", SignIn.next(Optional.empty()));
    assertEquals("/", SignIn.next(Optional.of("/" + "a".repeat(5000))));
  }

  /** Judges as browsers do: the URL Standard drops tabs and line breaks and turns backslashes. */
  @Test
  void noAcceptedWishLeavesTheSite() {
    long seed = 20260102;
    Random random = new Random(seed);
    String[] pieces = {
      "/",
      "\\",
      ".",
      "..",
      "?",
      "#",
      ":",
      "@",
      "%2f",
      "%5c",
      "%09",
      "\t",
      "\r",
      "\n",
      " ",
      "a",
      "evil.example",
      "http:",
      "https://",
      "javascript:",
      "user",
      "//",
      "\u0000",
      "&",
      "=",
      ";",
      "\u2044",
      "\uff0f",
      "%"
    };
    int kept = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder wish = new StringBuilder(random.nextBoolean() ? "/" : "");
      int length = random.nextInt(6);
      for (int j = 0; j < length; j++) {
        wish.append(pieces[random.nextInt(pieces.length)]);
      }
      String next = SignIn.next(Optional.of(wish.toString()));
      String asBrowsersRead = next.strip().replaceAll("[\t\r\n]", "").replace('\\', '/');
      assertTrue(asBrowsersRead.startsWith("/"), "seed " + seed + ": " + wish);
      assertFalse(asBrowsersRead.startsWith("//"), "seed " + seed + ": " + wish);
      if (next.equals(wish.toString()) && next.length() > 1) {
        kept++;
        if (!next.matches(".*%(?![0-9a-fA-F]{2}).*")) {
          URI there = URI.create("https://lms.example/user/login").resolve(next);
          assertEquals("lms.example", there.getHost(), "seed " + seed + ": " + wish);
        }
      }
    }
    assertTrue(kept > 1000, "the fuzz must also make paths that are kept: " + kept);
  }
}
