// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.session.Session;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Keeps other sites from sending the lab's forms: with the session's token, or for strangers, who
 * have no session, with one of this process.
 */
final class Forms {
  private final String ownToken;

  Forms(SecureRandom random) {
    byte[] token = new byte[16];
    random.nextBytes(token);
    ownToken = HexFormat.of().formatHex(token);
  }

  String token(Request request) {
    return SessionFilter.session(request.exchange()).csrfToken().orElse(ownToken);
  }

  void require(Request request) throws IOException {
    Session session = SessionFilter.session(request.exchange());
    String sent = request.form().get("csrf_token").orElse("");
    if (!session.csrfMatches(sent)
        && !MessageDigest.isEqual(
            sent.getBytes(StandardCharsets.UTF_8), ownToken.getBytes(StandardCharsets.UTF_8))) {
      throw HttpProblem.forbidden(
          "The form is not from this lab, or from before a restart. Open the page again.");
    }
  }
}
