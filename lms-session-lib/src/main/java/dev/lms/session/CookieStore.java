package dev.lms.session;

/**
 * A {@link SessionStore} whose tokens are good in one cookie only. {@link Sessions} finds it by a
 * type test, once, and refuses to send its tokens in another one.
 */
public interface CookieStore {
  /** The name of that cookie. */
  String cookieName();
}
