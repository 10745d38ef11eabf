// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.crypto.CsrfTokens;
import dev.lms.session.passport.Passports;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What all sessions of a site share, and what each request needs of it. Thread-safe. */
record Site(
    GuardedStore store,
    SessionEvents events,
    SessionSettings settings,
    Clock clock,
    CsrfTokens csrf,
    Optional<Passports> passports) {

  /** Stores keep time in milliseconds. */
  Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  CookieSettings cookie() {
    return settings.cookie();
  }

  Lifetimes lifetimes() {
    return settings.lifetimes();
  }

  SessionLimit limit() {
    return settings.limit();
  }

  SessionSettings.Rotation rotation() {
    return settings.rotation();
  }
}
