// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.testkit;

import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import java.util.List;
import java.util.Set;

/** Somebody who is signed in, for tests of pages: no form, no password. Thread-safe. */
public final class SignedIn {
  private SignedIn() {}

  /**
   * Signs a person in, and says what their browser would send from then on.
   *
   * @param sessions the sessions of the program under test
   * @param id the person
   * @param roles what they may do
   * @return name and value of the cookie, for a {@code Cookie} header
   * @throws SessionStoreException if the store cannot be reached
   * @throws IllegalStateException if the site refuses this person another session
   */
  public static String cookie(Sessions sessions, String id, String... roles) {
    Session session = sessions.open(List.of());
    session.signIn(new Principal(id, Set.of(roles)));
    session.commit();
    return session
        .setCookie()
        .map(cookie -> cookie.split(";", 2)[0])
        .orElseThrow(() -> new IllegalStateException("nobody was signed in as " + id));
  }

  /**
   * Signs a person in, and opens their next request.
   *
   * @param sessions the sessions of the program under test
   * @param id the person
   * @param roles what they may do
   * @return their session, as a handler would get it
   * @throws SessionStoreException if the store cannot be reached
   * @throws IllegalStateException if the site refuses this person another session
   */
  public static Session session(Sessions sessions, String id, String... roles) {
    return sessions.open(List.of(cookie(sessions, id, roles)));
  }
}
