// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.config.SameSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whether the flags of the session cookie fit the environment. */
final class CookieCheck {
  private static final String NAME = "cookie";

  /** Browsers take Secure cookies from these over plain HTTP. */
  private static final Set<String> OWN_MACHINE = Set.of("127.0.0.1", "localhost", "::1");

  private CookieCheck() {}

  static List<Finding> of(Config config) {
    Config.Cookie cookie = config.sessions().cookie();
    boolean production = config.environment() == Environment.PRODUCTION;
    List<Finding> findings = new ArrayList<>();
    if (production && !cookie.secure()) {
      findings.add(
          Finding.problem(
              NAME,
              "it is not Secure in production: anyone on the way can read it",
              "remove SESSION_COOKIE_SECURE and serve over HTTPS"));
    }
    if (!production && cookie.secure() && !OWN_MACHINE.contains(config.web().host())) {
      findings.add(
          Finding.warning(
              NAME,
              "it is Secure: without HTTPS browsers drop it, and nobody stays signed in",
              "set SESSION_COOKIE_SECURE=false, or serve over HTTPS"));
    }
    if (!cookie.httpOnly()) {
      findings.add(
          Finding.warning(
              NAME,
              "it is not HttpOnly: a script on a page can read it",
              "remove SESSION_COOKIE_HTTPONLY"));
    }
    if (cookie.sameSite() == SameSite.NONE) {
      findings.add(
          Finding.warning(
              NAME,
              "SameSite=None: browsers send it with requests that other sites make",
              "remove SESSION_COOKIE_SAMESITE unless another site embeds this one"));
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.ok(
              NAME,
              "%s, %s, %s"
                  .formatted(
                      cookie.name(),
                      cookie.secure() ? "Secure" : "not Secure outside production",
                      "HttpOnly")));
    }
    return findings;
  }
}
