// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.account.Users.Credentials;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.Html;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.SessionStoreException;
import dev.lms.session.SignInOptions;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Signing in and out. */
public final class AccountPages {
  /** The display name of the person whose session it is. */
  private static final SessionKey<String> NAME = SessionKey.text("name").sensitive();

  /** How long somebody stays signed in who asks for it, on a device of their own. */
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private static final String OUT = "You are signed out.";

  /** The one purpose the form can speak of. */
  private static final String ENROL = "enrol";

  private static final String ENDED =
      "<p role=\"status\" class=\"notice\">Your session has ended: it expired, or you were signed out"
          + " on another device. Sign in to go on.</p>";

  private final Users users;
  private final Passwords passwords;
  private final LoginTokens loginTokens;
  private final Gate gate;
  private final Pages pages;

  /**
   * The pages.
   *
   * @param secrets the site's secret key and its fallbacks
   * @param secureCookies whether cookies are for HTTPS only
   */
  public AccountPages(
      Users users,
      Passwords passwords,
      List<String> secrets,
      boolean secureCookies,
      Gate gate,
      Pages pages) {
    this.users = users;
    this.passwords = passwords;
    this.loginTokens = new LoginTokens(secrets, secureCookies);
    this.gate = gate;
    this.pages = pages;
  }

  /** Their routes. */
  public List<PageRoute> routes() {
    return List.of(
        PageRoute.get(SignIn.PATH, this::form),
        PageRoute.post(SignIn.PATH, this::signIn),
        PageRoute.post("/user/logout", this::signOut));
  }

  /** What fills the holes of the frame around every page. */
  public static Map<String, HoleFiller> holes(Users users) {
    return Map.of(
        "user-name",
        (session, path) -> Html.escape(session.get(NAME).or(() -> name(session, users)).orElse("")),
        "csrf-token",
        (session, path) -> Html.escape(session.csrfToken().orElse("")),
        Flash.NAME,
        new Flash(),
        "ended",
        (session, path) -> hasEnded(session) ? ENDED : "");
  }

  /** A passport says who it is; the name stands in the session, which is not to be had. */
  private static Optional<String> name(Session session, Users users) {
    return session.isOnPassport()
        ? session.principal().flatMap(p -> users.account(p.id())).map(Account::name)
        : Optional.empty();
  }

  private record Form(
      String loginToken,
      String username,
      String next,
      String message,
      boolean invalid,
      boolean remember,
      String status,
      String why,
      boolean hasSamples,
      List<Account> samples) {}

  private void form(Request request) throws IOException {
    Session session = SessionFilter.session(request.exchange());
    Optional<Principal> person = session.principal();
    String next = SignIn.next(request.query("next"));
    if (person.isEmpty()) {
      // The frame tells about a session that ended by itself.
      String status = hasEnded(session) ? "" : request.query(SignIn.OUT).map(o -> OUT).orElse("");
      form(request, 200, "", next, "", status, users.samples());
    } else if (request.query(SignIn.AGAIN).isPresent()) {
      String why = "For this, please enter your password again. Nothing was changed yet.";
      form(request, 200, person.get().id(), next, why, "", List.of());
    } else {
      request.header("Cache-Control", "no-store");
      request.redirect(next);
    }
  }

  /** Whether the browser still had the cookie of a session that is gone; it is told to drop it. */
  private static boolean hasEnded(Session session) {
    if (session.exists()) {
      return false;
    }
    session.end();
    return session.setCookie().isPresent();
  }

  private void form(Request request, int status, String username, String next, String message)
      throws IOException {
    boolean stranger = SessionFilter.session(request.exchange()).principal().isEmpty();
    form(request, status, username, next, message, "", stranger ? users.samples() : List.of());
  }

  private void form(
      Request request,
      int code,
      String username,
      String next,
      String message,
      String status,
      List<Account> samples)
      throws IOException {
    HttpExchange exchange = request.exchange();
    // A form that comes back says what was sent.
    boolean remember = code != 200 && request.form().get("remember").isPresent();
    String token =
        SessionFilter.session(exchange).csrfToken().orElseGet(() -> loginTokens.issue(exchange));
    request.header("Cache-Control", "no-store");
    pages.show(
        request,
        code,
        "login",
        new Form(
            token,
            username,
            next,
            message,
            code == 401,
            remember,
            status,
            why(request),
            !samples.isEmpty(),
            samples),
        Set.of());
  }

  /** What signing in is for, if it is known; empty otherwise. */
  private static String why(Request request) throws IOException {
    Optional<String> why =
        request.method().equals("POST")
            ? request.form().get(SignIn.WHY)
            : request.query(SignIn.WHY);
    return why.filter(ENROL::equals).orElse("");
  }

  private void signIn(Request request) throws IOException {
    HttpExchange exchange = request.exchange();
    Session session = SessionFilter.session(exchange);
    String username = request.form().get("username").orElse("");
    String password = request.form().get("password").orElse("");
    String token = request.form().get("csrf_token").orElse("");
    String next = SignIn.next(request.form().get("next").or(() -> request.query("next")));

    boolean ours =
        session.exists() ? session.csrfMatches(token) : loginTokens.matches(exchange, token);
    if (!ours) {
      String expired = "This form had expired. Please sign in again.";
      form(request, 403, username, next, expired);
      return;
    }
    Optional<Credentials> found = users.find(username);
    Gate.Look look =
        gate.look(
            exchange,
            "sign-in-failed",
            username,
            password,
            found.map(Credentials::password),
            passwords);
    switch (look.verdict()) {
      case BUSY, TOO_SOON -> {
        request.header("Retry-After", Long.toString(Gate.seconds(look.delay())));
        form(request, 429, username, next, Gate.waitSentence(look.delay()));
      }
      case MISMATCH -> {
        // A 401 must name a way to authenticate (RFC 9110 section 15.5.2); ours is a form.
        request.header("WWW-Authenticate", "Form realm=\"lms\"");
        form(request, 401, username, next, "The username or the password is not right.");
      }
      case MATCH -> {
        Account account = found.orElseThrow().account();
        Principal person = new Principal(account.username(), account.roles());
        SignInOptions options =
            request.form().get("remember").isPresent()
                ? SignInOptions.rememberedFor(REMEMBERED)
                : SignInOptions.defaults();
        session.signIn(person, options.withDevice(Devices.of(exchange, gate.proxies())));
        session.set(NAME, account.name());
        if (!why(request).isEmpty()) {
          SignIn.isFor(session, next);
        }
        if (session.commitBeforeAnswer(303).isEmpty() && !users.find(username).equals(found)) {
          // It was changed meanwhile, and whoever changed it may have ended its sessions before
          // this one began.
          session.end();
          form(request, 401, username, next, "This account was changed just now. Sign in again.");
          return;
        }
        gate.tell(exchange, "sign-in", account.username());
        loginTokens.forget(exchange);
        request.redirect(next);
      }
    }
  }

  /** If nobody can tell, the session goes on, but this browser is not to show it meanwhile. */
  private static boolean exists(Session session) {
    try {
      return session.exists();
    } catch (SessionStoreException outage) {
      session.forgetPassport();
      throw outage;
    }
  }

  private void signOut(Request request) throws IOException {
    Session session = SessionFilter.session(request.exchange());
    if (exists(session)) {
      SignIn.requireToken(request, session);
      Optional<Principal> person = session.principal();
      session.end();
      person.ifPresent(who -> gate.tell(request.exchange(), "sign-out", who.id()));
      // What the browser still shows of it (OWASP ASVS 14.3.1).
      request.header("Clear-Site-Data", "\"cache\"");
    }
    request.redirect(SignIn.PATH + "?" + SignIn.OUT + "=1");
  }
}
