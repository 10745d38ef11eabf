// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Signed ids: what was handed out, in that spelling, and nothing else. */
class SessionTokensFuzzTest extends FuzzTarget {
  private final SessionTokens tokens =
      new SessionTokens(KeyRing.of("a key of the tests, which guards nothing"));
  private final SessionTokens.Token token = tokens.mint();

  @Override
  protected List<byte[]> binarySeeds() {
    return List.of(token.text().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  protected void check(byte[] input) {
    assertEquals(Optional.of(token), tokens.parse(token.text()));
    String text = utf8(input);
    // Nobody guesses 128 bits, so what is taken was made by this test or by the run it goes on.
    Optional<SessionTokens.Token> read = tokens.parse(text);
    if (read.isPresent()) {
      assertEquals(text, read.get().text());
      assertTrue(text.matches("[A-Za-z0-9_-]{47}"), text);
      assertEquals(Optional.empty(), tokens.parse(text.substring(0, 46) + other(text.charAt(46))));
    }
  }

  /** Base64 has four spellings of the last two bits of 128. */
  private static char other(char last) {
    return last == 'A' ? 'B' : 'A';
  }
}
