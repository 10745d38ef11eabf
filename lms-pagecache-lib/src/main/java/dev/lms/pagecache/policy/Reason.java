// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

/** Why an answer did not come from the cache or was not stored: a closed vocabulary. */
public enum Reason {
  /** The request is a POST. */
  POST("post", "the request is a POST"),
  /** The request is neither GET, HEAD nor POST. */
  METHOD("method", "the request is neither GET nor HEAD"),
  /** A HEAD request found no stored page; its answer has no body to store. */
  HEAD("head", "a HEAD request found no stored page, and has no body to store"),
  /** The route declares no rule: its pages are never cached. */
  NEVER("never", "the route declares no rule: its pages are never cached"),
  /** The request target is not a plain path and query. */
  TARGET("target", "the request target is more than a path and a query"),
  /** The request is a GET with a body. */
  BODY("body", "the request has a body"),
  /** The request carries {@code Authorization} and the route did not declare itself public. */
  AUTHORIZATION(
      "authorization", "the request carries Authorization, and the route is not declared public"),
  /** It could not be found out who is asking. */
  WHO("who", "it could not be found out who is asking"),
  /** Who is asking is only assumed, so that what is rendered for them is not stored. */
  ASSUMED("assumed", "who is asking is only assumed, because it cannot be looked up"),
  /** The store of pages cannot be reached. */
  STORE("store", "the store of pages cannot be reached"),
  /** The handler threw, or ended the answer before it was complete. */
  ABORTED("aborted", "the handler threw, or its answer is not whole"),
  /** The handler goes on answering in other threads after it has returned. */
  ASYNC("async", "the handler answers in another thread, after it has returned"),
  /** The answer is an error of the server (5xx). */
  ERROR("error", "the answer is an error of the server"),
  /** The status is not one that is stored. */
  STATUS("status", "the status is not one that is stored"),
  /** The answer sets a cookie. */
  SET_COOKIE("set-cookie", "the answer sets a cookie"),
  /** The answer says {@code no-store} or {@code no-cache}. */
  NO_STORE("no-store", "the answer says no-store or no-cache"),
  /** The answer says {@code private} and others would share it. */
  PRIVATE("private", "the answer says private, and others would share it"),
  /** The answer says it is already stale. */
  STALE("stale", "the answer says it is already stale"),
  /** The answer varies by something that is not in the key. */
  VARY("vary", "the answer varies by something that is not in the key"),
  /** The answer is already encoded; the cache does the encoding. */
  ENCODED("encoded", "the answer is already encoded"),
  /** The handler read a part of the request that is not in the key. */
  UNKEYED("unkeyed", "the handler read a part of the request that is not in the key"),
  /** The handler read something about an anonymous visitor's session. */
  PERSONAL("personal", "the handler read something about the session of a stranger"),
  /** Who is asking changed during the render. */
  IDENTITY("identity", "who is asking changed during the render"),
  /** The page has more tags than the store takes. */
  TAGS("tags", "the page has more tags than the store takes"),
  /** The body is longer than the cap. */
  SIZE("size", "the body is longer than the cap"),
  /** The request wanted a fresher answer than the stored one (RFC 9111 section 5.2.1). */
  REQUEST("request", "the request wanted a fresher answer than the stored one"),
  /** The page was purged while it was rendered. */
  PURGED("purged", "the page was purged while it was rendered"),
  /** The shared store is half full, and the page was asked for only once. */
  ASKED_ONCE("asked-once", "the store is half full, and the page was asked for only once"),
  /** The shared store has no room for the page. */
  FULL("full", "the store has no room for the page");

  private final String token;
  private final String meaning;

  Reason(String token, String meaning) {
    this.token = token;
    this.meaning = meaning;
  }

  /**
   * The word for it in {@code Cache-Status} and statistics.
   *
   * @return a token of RFC 8941
   */
  public String token() {
    return token;
  }

  /**
   * What it says, for people.
   *
   * @return a clause without a full stop
   */
  public String meaning() {
    return meaning;
  }
}
