package dev.lms.session;

/** What a request gets while the store cannot be reached. */
public enum OutagePolicy {
  /** Looking at the session throws {@link SessionStoreException}; over HTTP that is a 503. */
  FAIL_CLOSED,

  /**
   * The request sees no session, as a stranger's would: for pages that everybody may read. It can
   * neither begin nor change nor end a session, and the visitor's cookie is left alone, so that
   * they are signed in again when the outage is over. An attempt to write fails closed. What it
   * answers must not be kept by any cache: {@link Session#treatedAsAnonymous()} tells.
   */
  TREAT_AS_ANONYMOUS
}
