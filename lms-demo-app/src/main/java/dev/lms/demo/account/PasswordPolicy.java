// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import java.util.List;
import java.util.Optional;

/**
 * Which passwords people may choose (OWASP ASVS 5 section 6.2): at least eight characters of any
 * kind, and none that is guessed early, because others have it, or because it is made of the
 * person's own names.
 */
public final class PasswordPolicy {
  private static final int LEAST = 8;

  /** Longer ones are no safer, and take time to hash. */
  private static final int MOST = 128;

  /** Of 0 to 4: guessed within 10^6 attempts. */
  private static final int TOO_WEAK = 1;

  private PasswordPolicy() {}

  /**
   * Why this password is refused; empty if it is not.
   *
   * @param own names of the person
   */
  public static Optional<String> refusal(String password, List<String> own) {
    int length = password.codePointCount(0, password.length());
    if (length < LEAST) {
      return Optional.of("it has " + length + " characters; it needs " + LEAST + " or more");
    }
    if (length > MOST) {
      return Optional.of("it has " + length + " characters; the most is " + MOST);
    }
    Strength strength = new Zxcvbn().measure(password, own);
    if (strength.getScore() > TOO_WEAK) {
      return Optional.empty();
    }
    String warning = strength.getFeedback().getWarning();
    return Optional.of(
        "it is guessed too soon"
            + (warning.isEmpty() ? "" : " (" + warning.replaceFirst("\\.$", "") + ")")
            + "; three or four words that do not belong together are better");
  }
}
