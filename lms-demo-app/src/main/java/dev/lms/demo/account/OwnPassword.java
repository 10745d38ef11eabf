// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import dev.lms.demo.account.Users.Credentials;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.FieldError;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * People change their own password: who knows the old one, and is then the only one who is signed
 * in (OWASP ASVS 6.2.3, 7.4.3).
 */
public final class OwnPassword {
  private static final String PAGE = "/user/account/password";

  private final Users users;
  private final Passwords passwords;
  private final Gate gate;
  private final Sessions sessions;
  private final boolean known;
  private final Pages pages;

  /**
   * The page.
   *
   * @param known whether the session store knows whose sessions there are
   */
  public OwnPassword(
      Users users, Passwords passwords, Gate gate, Sessions sessions, boolean known, Pages pages) {
    this.users = users;
    this.passwords = passwords;
    this.gate = gate;
    this.sessions = sessions;
    this.known = known;
    this.pages = pages;
  }

  /** Its routes. */
  public List<PageRoute> routes() {
    return List.of(PageRoute.get(PAGE, this::form), PageRoute.post(PAGE, this::change));
  }

  private record Form(
      String username,
      List<FieldError> errors,
      boolean hasErrors,
      List<FieldError> currentErrors,
      List<FieldError> newErrors,
      List<FieldError> againErrors,
      String csrfToken) {

    static Form of(String username, List<FieldError> errors, String csrfToken) {
      return new Form(
          username,
          errors,
          !errors.isEmpty(),
          of("current", errors),
          of("new", errors),
          of("again", errors),
          csrfToken);
    }

    private static List<FieldError> of(String field, List<FieldError> errors) {
      return errors.stream().filter(error -> error.field().equals(field)).toList();
    }
  }

  private void form(Request request) throws IOException {
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isPresent()) {
      form(request, 200, person.get(), List.of());
    }
  }

  /** Never with a password in it. */
  private void form(Request request, int status, Principal person, List<FieldError> errors)
      throws IOException {
    request.header("Cache-Control", "no-store");
    pages.show(
        request,
        status,
        "password",
        Form.of(person.id(), errors, pages.hole(request, "csrf-token")),
        Set.of());
  }

  private void change(Request request) throws IOException {
    Principal person = SignIn.ofForm(request);
    Parameters sent = request.form();
    String current = sent.get("current").orElse("");
    String chosen = sent.get("new").orElse("");
    List<FieldError> errors = new ArrayList<>();
    Optional<Credentials> account = users.find(person.id());
    Gate.Look look =
        gate.look(
            request.exchange(),
            "password-change-failed",
            person.id(),
            current,
            account.map(Credentials::password),
            passwords);
    if (look.verdict() == Passwords.Verdict.TOO_SOON) {
      request.header("Retry-After", Long.toString(Gate.seconds(look.delay())));
      errors.add(new FieldError("current", Gate.waitSentence(look.delay())));
      form(request, 429, person, errors);
      return;
    }
    if (look.verdict() != Passwords.Verdict.MATCH) {
      errors.add(new FieldError("current", "The current password is not right."));
    }
    List<String> own =
        List.of(person.id(), account.map(found -> found.account().name()).orElse(""));
    PasswordPolicy.refusal(chosen, own)
        .ifPresent(
            why -> errors.add(new FieldError("new", "This password is refused: " + why + ".")));
    if (!sent.get("again").orElse("").equals(chosen)) {
      errors.add(new FieldError("again", "The two new passwords differ."));
    }
    if (!errors.isEmpty()) {
      form(request, 422, person, errors);
      return;
    }
    String hash =
        passwords
            .tryHash(chosen)
            .orElseThrow(
                () ->
                    HttpProblem.busy(
                        "Many people are signing in just now. Nothing was changed. Try again in a"
                            + " moment.",
                        Duration.ofSeconds(2)));
    users.setHash(person.id(), hash);
    gate.tell(request.exchange(), "password-changed", person.id());
    endOthers(request, person);
    request.redirect(Devices.PAGE);
  }

  /** The password first: a sign-in with the old one that is under way looks at it once more. */
  private void endOthers(Request request, Principal person) {
    Session session = SessionFilter.session(request.exchange());
    if (!known) {
      session.changeRoles(person.roles());
      Flash.say(session, "Your password is changed. Other devices stay signed in for now.");
      return;
    }
    try {
      int ended = sessions.revokeOthers(session);
      // A new id: who may have copied the old one does not keep it.
      session.changeRoles(person.roles());
      Flash.say(
          session,
          "Your password is changed. "
              + (ended == 1
                  ? "Signed out on 1 other device."
                  : "Signed out on " + ended + " other devices."));
    } catch (SessionStoreException outage) {
      throw HttpProblem.unavailable(
          "Your password is changed",
          "It is changed, but other devices may still be signed in. Sign them out on the account"
              + " page in a moment.",
          Duration.ofSeconds(5));
    }
  }
}
