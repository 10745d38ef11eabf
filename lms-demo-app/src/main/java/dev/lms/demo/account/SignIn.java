// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.RequestTarget;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.SessionStoreException;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** What pages for signed-in people ask first. */
public final class SignIn {
  /** Where the sign-in form is. */
  static final String PATH = "/user/login";

  private static final Pattern LOCAL =
      Pattern.compile(
          "/(?:[\\w.~!$&'()*+,;=:@%-][\\w.~!$&'()*+,;=:@%/-]*)?(?:\\?[\\w.~!$&'()*+,;=:@%/?-]*)?");

  private static final int LONGEST = 1000;

  private static final Duration OUTAGE_RETRY = Duration.ofSeconds(5);

  /** How long a password counts that was entered for something else. */
  private static final Duration RECENTLY = Duration.ofMinutes(15);

  /** In the query of the form: it is shown to somebody who is signed in. */
  static final String AGAIN = "again";

  /** In the query of the form: somebody has just signed out. */
  static final String OUT = "out";

  /** In the query of the form, and in the form: signing in is the first half of an act. */
  static final String WHY = "why";

  /** Where somebody went on to who signed in to do something, until they get there. */
  private static final SessionKey<String> PURPOSE = SessionKey.text("purpose").sensitive();

  private SignIn() {}

  /** Notes where somebody goes on to who has just signed in to do something. */
  static void isFor(Session session, String next) {
    session.set(PURPOSE, next);
  }

  /**
   * Whether whoever asks has just signed in to do what this page does, and was told so by the form
   * they sent. True once; nobody is led to it by a link alone.
   */
  public static boolean wasFor(Request request) {
    return SessionFilter.session(request.exchange())
        .pop(PURPOSE)
        .filter(RequestTarget.of(request.exchange()).path()::equals)
        .isPresent();
  }

  /** Who is signed in; if nobody is, sends them to sign in and come back, and answers empty. */
  public static Optional<Principal> orRedirect(Request request) throws IOException {
    Optional<Principal> person = SessionFilter.session(request.exchange()).principal();
    if (person.isEmpty()) {
      RequestTarget target = RequestTarget.of(request.exchange());
      redirect(request, target.path() + (target.query().isEmpty() ? "" : "?" + target.query()), "");
    }
    return person;
  }

  private static void redirect(Request request, String next, String more) throws IOException {
    request.header("Cache-Control", "no-store");
    request.redirect(PATH + "?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8) + more);
  }

  /**
   * Whether the person has proved lately who they are; if not, sends them to do it again and then
   * to a page of this site. For what a stranger at an unlocked device must not do (OWASP ASVS
   * 7.5.2).
   */
  static boolean isRecentOrRedirect(Request request, String next) throws IOException {
    boolean recent =
        SessionFilter.session(request.exchange())
            .sinceAuthentication()
            .filter(passed -> passed.compareTo(RECENTLY) <= 0)
            .isPresent();
    if (!recent) {
      redirect(request, next, "&" + AGAIN + "=1");
    }
    return recent;
  }

  /**
   * Who sent a form of ours.
   *
   * @throws HttpProblem 403 if nobody is signed in, or the form came from somewhere else; 503 if
   *     nobody can tell; what was typed is not lost
   */
  public static Principal ofForm(Request request) throws IOException {
    Session session = SessionFilter.session(request.exchange());
    Optional<Principal> person;
    try {
      person = session.principal();
    } catch (SessionStoreException outage) {
      throw HttpProblem.unavailable(
              "Not available just now",
              "We cannot check who you are: what knows it is not available. Nothing was changed; send"
                  + " it again in a moment.",
              OUTAGE_RETRY)
          .withForm(request.form());
    }
    if (person.isEmpty()) {
      throw new HttpProblem(
              403,
              "You are not signed in",
              "You are not signed in, or no longer, so nothing was changed. Sign in and send the"
                  + " form again.")
          .withForm(request.form());
    }
    requireToken(request, session);
    return person.get();
  }

  /** Refuses a form without the session's token. */
  static void requireToken(Request request, Session session) throws IOException {
    if (!session.csrfMatches(request.form().get("csrf_token").orElse(""))) {
      throw new HttpProblem(
              403,
              "This form has expired",
              "Nothing was changed. Look through what it says, and send it again if it is yours.")
          .withForm(request.form());
    }
  }

  /**
   * Where to go after signing in: the wish if it is a path of this site, else the front page.
   * Browsers read {@code //host} and {@code /\host} as another site and ignore tabs and line
   * breaks, so only what cannot be misread is a path.
   */
  static String next(Optional<String> wish) {
    return wish.filter(path -> path.length() <= LONGEST)
        .filter(path -> LOCAL.matcher(path).matches())
        .filter(path -> !path.startsWith("/user/log"))
        .orElse("/");
  }
}
