// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CsrfTokensTest {
  private static final int MANY = 5000;

  private final CsrfTokens tokens = new CsrfTokens(List.of(new byte[32]));

  @Test
  void eachSessionHasItsOwnHoweverManyAskByTurns() {
    Set<String> all = new HashSet<>();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < MANY; i++) {
        String handle = "handle" + i;
        String token = tokens.token(handle);
        assertTrue(tokens.matches(handle, token), handle);
        all.add(token);
      }
    }
    assertEquals(MANY, all.size());
  }

  @Test
  void isWorkedOutOnceForASessionThatAsksAgain() {
    assertSame(tokens.token("handle"), tokens.token("handle"));
  }
}
