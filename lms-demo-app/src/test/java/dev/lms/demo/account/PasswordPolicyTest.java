// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordPolicyTest {
  private static final List<String> OWN = List.of("ada", "Ada Lovelace");

  @ParameterizedTest
  @CsvSource({
    "short12, 7 characters",
    "password, guessed",
    "Passw0rd!, guessed",
    "qwertyuiop, guessed",
    "adalovelace, guessed",
    "aaaaaaaaaaaa, guessed"
  })
  void isRefusedInWords(String password, String words) {
    String refusal = PasswordPolicy.refusal(password, OWN).orElse("accepted");
    assertTrue(refusal.contains(words), refusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"seven lamps under water", "kT7#vq2!mZ", "пять синих рыб поют", "        x7%Lq"})
  void whateverIsHardToGuessWillDo(String password) {
    assertEquals(Optional.empty(), PasswordPolicy.refusal(password, OWN));
  }

  @Test
  void thereIsALongest() {
    assertTrue(PasswordPolicy.refusal("ab".repeat(65), OWN).orElse("").contains("130"));
  }
}
