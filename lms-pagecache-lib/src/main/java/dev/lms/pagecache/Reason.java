package dev.lms.pagecache;

/** Why an answer did not come from the cache or was not stored: a closed vocabulary. */
public enum Reason {
  /** The request is a POST. */
  POST("post"),
  /** The request is neither GET, HEAD nor POST. */
  METHOD("method"),
  /** A HEAD request found no stored page; its answer has no body to store. */
  HEAD("head"),
  /** The route declares no rule: its pages are never cached. */
  NEVER("never"),
  /** The request target is not a plain path and query. */
  TARGET("target"),
  /** The request is a GET with a body. */
  BODY("body"),
  /** The request carries {@code Authorization} and the route did not declare itself public. */
  AUTHORIZATION("authorization"),
  /** It could not be found out who is asking. */
  WHO("who"),
  /** The store of pages cannot be reached. */
  STORE("store"),
  /** The handler threw, or ended the answer before it was complete. */
  ABORTED("aborted"),
  /** The answer is an error of the server (5xx). */
  ERROR("error"),
  /** The status is not one that is stored. */
  STATUS("status"),
  /** The answer sets a cookie. */
  SET_COOKIE("set-cookie"),
  /** The answer says {@code no-store} or {@code no-cache}. */
  NO_STORE("no-store"),
  /** The answer says {@code private} and others would share it. */
  PRIVATE("private"),
  /** The answer says it is already stale. */
  STALE("stale"),
  /** The answer varies by something that is not in the key. */
  VARY("vary"),
  /** The answer is already encoded; the cache does the encoding. */
  ENCODED("encoded"),
  /** The handler read a part of the request that is not in the key. */
  UNKEYED("unkeyed"),
  /** The handler read something about a stranger's session. */
  PERSONAL("personal"),
  /** Who is asking changed during the render. */
  IDENTITY("identity"),
  /** The page has more tags than the store takes. */
  TAGS("tags"),
  /** The body is longer than the cap. */
  SIZE("size"),
  /** The request wanted a fresher answer than the stored one (RFC 9111 section 5.2.1). */
  REQUEST("request"),
  /** The page was purged while it was rendered. */
  PURGED("purged");

  private final String token;

  Reason(String token) {
    this.token = token;
  }

  /**
   * The word for it in {@code Cache-Status} and statistics.
   *
   * @return a token of RFC 8941
   */
  public String token() {
    return token;
  }
}
