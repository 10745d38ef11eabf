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
  TREAT_AS_ANONYMOUS
}
