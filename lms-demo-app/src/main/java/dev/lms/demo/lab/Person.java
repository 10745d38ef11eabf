// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody with a browser, for experiments: has cookies, and keeps pages as RFC 9111 lets a
 * browser. All workers are one site to them, as behind one address. For one thread.
 */
final class Person {
  private static final Pattern TOKEN =
      Pattern.compile("<input type=\"hidden\" name=\"csrf_token\" value=\"([^\"]+)\">");
  private static final Pattern MAX_AGE = Pattern.compile("(?:^|[ ,])max-age=([0-9]{1,9})");

  private record Kept(Seen seen, String etag, long freshUntil, boolean variesByCookie, String who) {
    boolean isFresh(String cookies) {
      return System.nanoTime() < freshUntil && (!variesByCookie || who.equals(cookies));
    }
  }

  private final Exchange exchange;
  private final Map<String, String> cookies;
  private final Map<String, Kept> kept = new HashMap<>();

  Person(Exchange exchange) {
    this(exchange, new TreeMap<>());
  }

  private Person(Exchange exchange, Map<String, String> cookies) {
    this.exchange = exchange;
    this.cookies = cookies;
  }

  /** Somebody else who has got hold of the cookies as they are now. */
  Person thief() {
    return new Person(exchange, new TreeMap<>(cookies));
  }

  /** The cookies as they are now. */
  Map<String, String> cookies() {
    return new TreeMap<>(cookies);
  }

  /** Looks at a page. */
  Seen look(LabWorker worker, String path) {
    Kept before = kept.get(path);
    if (before != null && before.isFresh(cookieLine())) {
      return before.seen().again();
    }
    HttpResponse<String> answer =
        before == null || before.etag().isEmpty()
            ? exchange.get(worker.address().resolve(path), "Cookie", cookieLine())
            : exchange.get(
                worker.address().resolve(path),
                "Cookie",
                cookieLine(),
                "If-None-Match",
                before.etag());
    keepCookies(answer);
    if (answer.statusCode() == 304 && before != null) {
      return before.seen().from(worker);
    }
    Seen seen = Seen.of(worker, answer);
    keep(path, seen, answer);
    return seen;
  }

  private void keep(String path, Seen seen, HttpResponse<String> answer) {
    String said = answer.headers().firstValue("Cache-Control").orElse("");
    if (answer.statusCode() != 200 || said.contains("no-store")) {
      kept.remove(path);
      return;
    }
    Matcher age = MAX_AGE.matcher(said);
    long seconds = age.find() && !said.contains("no-cache") ? Long.parseLong(age.group(1)) : 0;
    kept.put(
        path,
        new Kept(
            seen,
            answer.headers().firstValue("ETag").orElse(""),
            System.nanoTime() + Duration.ofSeconds(seconds).toNanos(),
            answer.headers().firstValue("Vary").orElse("").contains("Cookie"),
            cookieLine()));
  }

  /** Signs in as a sample account; returns the name that pages must show from now on. */
  String signIn(LabWorker worker, String username) {
    String token = token(look(worker, "/user/login").body());
    HttpResponse<String> answer =
        post(
            worker,
            "/user/login",
            Map.of("username", username, "password", username, "csrf_token", token));
    if (answer.statusCode() != 303) {
      throw Exchange.failed("Signing in as " + username + ": " + answer.statusCode());
    }
    Seen account = look(worker, "/user/account");
    if (!account.greets()) {
      throw Exchange.failed("After signing in as " + username + ": " + account.status());
    }
    return account.menu();
  }

  /** Signs out, as the button of the menu does. */
  void signOut(LabWorker worker) {
    Seen account = look(worker, "/user/account");
    if (account.status() == 200) {
      post(worker, "/user/logout", Map.of("csrf_token", token(account.body())));
    }
  }

  /** Sends a form, with what is needed in cookies. */
  HttpResponse<String> post(LabWorker worker, String path, Map<String, String> form) {
    HttpResponse<String> answer =
        exchange.post(worker.address().resolve(path), form, "Cookie", cookieLine());
    keepCookies(answer);
    return answer;
  }

  /** Has a worker do something that has to do with this person's session. */
  String tell(LabWorker worker, String what, Map<String, String> form) {
    HttpResponse<String> answer = exchange.tell(worker, what, form, "Cookie", cookieLine());
    keepCookies(answer);
    return answer.body();
  }

  private static String token(String page) {
    Matcher token = TOKEN.matcher(page);
    if (!token.find()) {
      throw Exchange.failed("A page had no form to send.");
    }
    return token.group(1);
  }

  private String cookieLine() {
    return String.join(
        "; ", cookies.entrySet().stream().map(c -> c.getKey() + "=" + c.getValue()).toList());
  }

  private void keepCookies(HttpResponse<String> answer) {
    List<String> lines = answer.headers().allValues("Set-Cookie");
    for (String line : lines) {
      String pair = line.substring(0, (line + ";").indexOf(';'));
      int equals = pair.indexOf('=');
      if (line.contains("Max-Age=0")) {
        cookies.remove(pair.substring(0, equals));
      } else if (equals > 0) {
        cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
  }
}
