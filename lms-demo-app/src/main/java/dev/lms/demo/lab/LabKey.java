// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How workers of one site know each other: by a word that only who has the site's secret can make.
 * Nobody else may pull plugs, not even a page in the same browser.
 */
final class LabKey {
  static final String HEADER = "Lab-Key";

  private final String word;

  LabKey(String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      word = HexFormat.of().formatHex(mac.doFinal("lms lab".getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  String word() {
    return word;
  }

  /** For everybody else there is no such page. */
  void require(Request request) {
    String shown = request.exchange().getRequestHeaders().getFirst(HEADER);
    if (shown == null
        || !MessageDigest.isEqual(
            shown.getBytes(StandardCharsets.UTF_8), word.getBytes(StandardCharsets.UTF_8))) {
      throw HttpProblem.notFound();
    }
  }
}
