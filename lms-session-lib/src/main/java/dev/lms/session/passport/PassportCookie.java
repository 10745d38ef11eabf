// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.passport;

import dev.lms.session.text.Cookies;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The passport of one request: the one that the browser sent, and what it is told about it. For one
 * thread at a time.
 */
public final class PassportCookie {
  private final @Nullable Passports passports;
  private final @Nullable List<String> cookieHeaders;
  private @Nullable String setCookie;

  /**
   * Looks at nothing yet.
   *
   * @param passports the site's; null if it has none
   * @param cookieHeaders every {@code Cookie} header of the request; null for none
   */
  public PassportCookie(@Nullable Passports passports, @Nullable List<String> cookieHeaders) {
    this.passports = passports;
    this.cookieHeaders = cookieHeaders;
  }

  private List<String> sent() {
    return cookieHeaders == null || passports == null
        ? List.of()
        : Cookies.values(cookieHeaders, passports.cookieName());
  }

  /**
   * {@return the passport that goes with one of these sessions}
   *
   * @param handles those whose session cookies came along, and that the store could not be asked
   *     about
   * @param now the time
   */
  public Optional<Passport> with(List<String> handles, Instant now) {
    List<String> values = sent();
    for (String handle : handles) {
      for (String value : values) {
        Optional<Passport> found =
            passports == null ? Optional.empty() : passports.open(value, handle, now);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Has the browser send a new one. Only to be called after the store has acknowledged the session.
   *
   * @param passport who it is; its end is that of the session
   * @param now the time
   */
  public void renew(Passport passport, Instant now) {
    if (passports != null) {
      passports.setting(passport, now).ifPresent(cookie -> setCookie = cookie);
    }
  }

  /** Has the browser forget what it sent. */
  public void forget() {
    setCookie = passports == null || sent().isEmpty() ? null : passports.deleting();
  }

  /** {@return whether the site has passports at all} */
  public boolean areIssued() {
    return passports != null;
  }

  /** {@return the {@code Set-Cookie} value to send, if there is one} */
  public Optional<String> setCookie() {
    return Optional.ofNullable(setCookie);
  }
}
