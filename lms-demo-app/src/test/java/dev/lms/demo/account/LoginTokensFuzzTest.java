// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.fuzz.FuzzTarget;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** {@code Cookie} lines with the sign-in form's own: a few well-formed nonces, each once. */
class LoginTokensFuzzTest extends FuzzTarget {
  private static final Pattern PAIR =
      Pattern.compile("[ \\t]*lms_login[ \\t]*=[ \\t]*(\"?)([A-Za-z0-9_-]{22})\\1[ \\t]*");

  private final LoginTokens tokens = new LoginTokens(List.of("a secret of the tests"), false);

  @Override
  protected void check(byte[] input) {
    List<String> lines = List.of(latin1(input).split("\n", -1));
    List<String> expected =
        lines.stream()
            .flatMap(line -> Arrays.stream(line.split(";", -1)))
            .map(PAIR::matcher)
            .filter(pair -> pair.matches())
            .map(pair -> pair.group(2))
            .distinct()
            .limit(4) // Each costs a signature, and a request holds thousands.
            .toList();
    assertEquals(expected, tokens.nonces(lines));
  }
}
