// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

/** What may have happened while a page was rendered, and for whom it was. */
public enum Fact {
  /** The handler answered where the cache does not see when it ends. */
  ANSWERED_ELSEWHERE,
  /** The handler threw, or wrote less than it announced. */
  CUT_SHORT,
  /** The body was longer than the cap. */
  TOO_LONG,
  /** Who is asking changed meanwhile, or could not be found out again. */
  ASKER_CHANGED,
  /** The handler read or wrote something about the person. */
  READ_PERSON,
  /** The handler read a part of the request that is not in the key. */
  READ_UNKEYED,
  /** Nobody is signed in. */
  STRANGER_ASKED,
  /** The route declares that everybody has their own page. */
  FOR_ONE_PERSON
}
