// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.http.RequestTarget;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the page about a problem prints.
 *
 * @param again the address to try again, if that may help
 * @param seconds after which the browser does so by itself
 * @param signIn where to sign in and come back from, if that may help
 * @param account whether to lead to the account, from which one may sign in as somebody else
 * @param catalogue whether to lead to the courses
 * @param typed what was typed in a form that was not taken, if anything
 * @param kept what the form had in it that nobody typed and nobody can read
 * @param unsure whether nobody can tell who is asking, so that the form goes on having its own
 *     token
 * @param action where the form may be sent once more, by whoever is signed in
 */
record ProblemModel(
    int status,
    String title,
    String detail,
    Optional<String> again,
    String seconds,
    Optional<String> signIn,
    boolean account,
    boolean catalogue,
    boolean hasTyped,
    List<Field> typed,
    List<Field> kept,
    boolean unsure,
    Optional<String> action) {

  private static final String TOKEN = "csrf_token";

  /** What forms of this site hold that nobody types: what a button does, or what it is about. */
  private static final Set<String> UNTYPED =
      Set.of(
          "version",
          "next",
          "why",
          "remember",
          "handle",
          "state",
          "to",
          "act",
          "sure",
          "cause",
          "step",
          "run",
          "frames");

  /** What is typed anew, and shown to nobody. */
  private static final Map<String, String> SECRETS =
      Map.of(
          "password", "Password",
          "current", "Current password",
          "new", "New password",
          "again", "New password, again");

  /** A field of a form; of a secret one, the value is empty. */
  record Field(String name, String label, String value, boolean multiline, boolean secret) {}

  static ProblemModel of(
      HttpExchange exchange, HttpProblem problem, boolean signedIn, boolean stranger) {
    RequestTarget target = RequestTarget.of(exchange);
    String address = target.path() + (target.query().isEmpty() ? "" : "?" + target.query());
    boolean reading = !exchange.getRequestMethod().equals("POST");
    boolean refused = problem.status() == 401 || problem.status() == 403;
    Optional<String> seconds = Optional.ofNullable(problem.headers().get("Retry-After"));
    boolean unsure = problem.status() == 503;
    boolean signingIn = !reading && target.path().equals("/user/login");
    Map<Boolean, List<Field>> fields =
        problem.form().map(ProblemModel::fields).orElse(List.of()).stream()
            .filter(field -> unsure || !field.name().equals(TOKEN))
            .collect(
                Collectors.partitioningBy(
                    field -> field.name().equals(TOKEN) || UNTYPED.contains(field.name())));
    Optional<String> action =
        problem.form().filter(form -> signedIn || unsure).map(form -> target.path());
    List<Field> typed =
        fields.getOrDefault(false, List.of()).stream()
            .filter(field -> action.isPresent() || !field.secret())
            .toList();
    return new ProblemModel(
        problem.status(),
        problem.title(),
        problem.detail(),
        seconds.filter(s -> reading).map(s -> address),
        seconds.orElse(""),
        Optional.of("/user/login" + (reading ? "?next=" + encode(address) : ""))
            .filter(link -> (refused && stranger) || (unsure && signingIn)),
        refused && signedIn,
        problem.status() == 404,
        !typed.isEmpty(),
        typed,
        fields.getOrDefault(true, List.of()),
        unsure,
        action);
  }

  private static List<Field> fields(Parameters form) {
    return form.names().stream()
        .flatMap(name -> form.all(name).stream().map(value -> field(name, value)))
        .toList();
  }

  private static Field field(String name, String value) {
    String label =
        name.isEmpty() ? name : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    if (SECRETS.containsKey(name) || name.toLowerCase(Locale.ROOT).contains("password")) {
      return new Field(name, SECRETS.getOrDefault(name, label), "", false, true);
    }
    return new Field(name, label, value, value.length() > 100 || value.contains("\n"), false);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
