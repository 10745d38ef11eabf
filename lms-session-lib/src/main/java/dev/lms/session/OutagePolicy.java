// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

/** What a request gets while the store cannot be reached. */
public enum OutagePolicy {
  /** Reading the session throws {@link SessionStoreException}; over HTTP that is a 503. */
  FAIL_CLOSED,

  /**
   * The request sees no session, like an anonymous visitor: for pages that everybody may read. It
   * can neither begin, change nor end a session; an attempt fails closed. The visitor's cookie
   * stays, so that they are signed in again after the outage. No cache may keep the answer, which
   * {@link Session#treatedAsAnonymous()} recognises.
   */
  TREAT_AS_ANONYMOUS,

  /**
   * The request goes on as the person of its {@linkplain SessionSettings#withPassport passport},
   * for a few minutes; without a good one it {@linkplain #FAIL_CLOSED fails closed}. For reading
   * only. The session shows {@linkplain Session#principal() who they are} with their roles as they
   * were, and no attributes; an attempt to begin, change or end a session fails closed. No cache
   * may keep the answer, which {@link Session#isOnPassport()} recognises.
   *
   * <p>Whoever was signed out or lost a role less than the life of a passport ago may still read
   * such pages while the store is away.
   */
  PASSPORT,

  /**
   * Like {@link #PASSPORT}, but without a good one like {@link #TREAT_AS_ANONYMOUS}: for pages that
   * everybody may read, and that greet whom they know.
   */
  PASSPORT_OR_ANONYMOUS;

  /**
   * {@return this policy for a request that only reads, and {@link #FAIL_CLOSED} for any other}
   *
   * @param method the request's HTTP method; {@code GET} and {@code HEAD} read
   */
  public OutagePolicy forMethod(String method) {
    return method.equals("GET") || method.equals("HEAD") ? this : FAIL_CLOSED;
  }

  void check(boolean withPassports) {
    if (takesPassports() && !withPassports) {
      throw new IllegalArgumentException(
          "OutagePolicy.%s needs passports: SessionSettings.withPassport".formatted(this));
    }
  }

  boolean takesPassports() {
    return this == PASSPORT || this == PASSPORT_OR_ANONYMOUS;
  }

  boolean letsStrangersIn() {
    return this == TREAT_AS_ANONYMOUS || this == PASSPORT_OR_ANONYMOUS;
  }
}
