// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.session.SessionStoreException;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The site's own page behind mistakes that are made often: wrong on purpose, one mistake at a time.
 * It stands before the page like a badly configured front end, so that the page itself, its menu
 * and its people are the site's.
 */
final class NaiveSite {
  /** The page that both sides of an experiment show. */
  static final String PAGE = "/course/explore";

  private static final String OUTAGE = "outage";
  private static final String COOKIE = "lab_naive";

  private final String host;
  private final Exchange exchange;
  private final SecureRandom random = new SecureRandom();

  /** Sessions that only this process knows. */
  private final Bounded<String> ownSessions = new Bounded<>();

  /** A key that only this process knows. */
  private final byte[] ownKey = new byte[32];

  /** Pages by a key that ignores too much. */
  private final Bounded<String> pages = new Bounded<>();

  NaiveSite(String host, Exchange exchange) {
    this.host = host;
    this.exchange = exchange;
    random.nextBytes(ownKey);
  }

  static String path(Cause cause, String run) {
    return "/lab/naive/" + cause.id() + "/" + run;
  }

  static String outagePath(String run) {
    return "/lab/naive/" + OUTAGE + "/" + run;
  }

  List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/lab/naive/{mistake}/{run}", this::show),
        PageRoute.post("/lab/naive/{mistake}/{run}", this::enter));
  }

  /** Somebody has signed in here: their cookie becomes whatever the mistake makes of it. */
  private void enter(Request request) throws IOException {
    String cookies = cookies(request.exchange());
    String value =
        switch (mistake(request)) {
          case SESSIONS_PER_WORKER, MORE_WORKERS_THAN_MEMORY -> {
            String id = randomId();
            ownSessions.put(id, cookies);
            yield id;
          }
          case DIFFERING_KEYS -> {
            String text =
                Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(cookies.getBytes(StandardCharsets.UTF_8));
            yield text + "." + sign(text);
          }
          default -> "";
        };
    request.header("Set-Cookie", COOKIE + "=" + value + "; Path=/; HttpOnly; SameSite=Lax");
    request.text(200, "Welcome.\n");
  }

  private void show(Request request) throws IOException {
    String run = request.path("run");
    if (request.path("mistake").equals(OUTAGE)) {
      answer(request, render(request, whoeverTheStoreKnows(request)));
      return;
    }
    Cause mistake = mistake(request);
    String page =
        switch (mistake) {
          case KEY_IGNORES_WHO -> cached(run, request);
          case ONE_BUCKET_FOR_ALL ->
              cached(run + (isSignedIn(request) ? " auth" : " anon"), request);
          case SESSIONS_PER_WORKER, MORE_WORKERS_THAN_MEMORY ->
              render(request, ownSessions.get(cookie(request)));
          case DIFFERING_KEYS -> render(request, verified(cookie(request)));
          case BROWSER_CACHE -> render(request, Optional.of(cookies(request.exchange())));
        };
    if (mistake == Cause.BROWSER_CACHE) {
      request.header("Cache-Control", "max-age=60");
    }
    answer(request, page);
  }

  private static void answer(Request request, String page) throws IOException {
    request.html(200, page);
  }

  private static Cause mistake(Request request) {
    return Cause.of(request.path("mistake")).orElseThrow(HttpProblem::notFound);
  }

  private String cached(String key, Request request) {
    Optional<String> kept = pages.get(key);
    if (kept.isPresent()) {
      return kept.get();
    }
    String page = render(request, Optional.of(cookies(request.exchange())));
    pages.put(key, page);
    return page;
  }

  /** The page as this worker shows it to whoever has these cookies. */
  private String render(Request request, Optional<String> cookies) {
    int port = request.exchange().getLocalAddress().getPort();
    URI page = Workers.at(host, port).resolve(PAGE);
    return exchange.get(page, "Cookie", cookies.orElse("")).body();
  }

  private static boolean isSignedIn(Request request) {
    return SessionFilter.session(request.exchange()).principal().isPresent();
  }

  /** Takes everybody for a stranger whom the store cannot tell about. */
  private static Optional<String> whoeverTheStoreKnows(Request request) {
    try {
      return isSignedIn(request) ? Optional.of(cookies(request.exchange())) : Optional.empty();
    } catch (SessionStoreException swallowed) {
      return Optional.empty();
    }
  }

  private static String cookies(HttpExchange exchange) {
    return String.join("; ", exchange.getRequestHeaders().getOrDefault("Cookie", List.of()));
  }

  private static String cookie(Request request) {
    for (String pair : cookies(request.exchange()).split("; ?", -1)) {
      if (pair.startsWith(COOKIE + "=")) {
        return pair.substring(COOKIE.length() + 1);
      }
    }
    return "";
  }

  private String randomId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private Optional<String> verified(String cookie) {
    int dot = cookie.lastIndexOf('.');
    if (dot < 0 || !sign(cookie.substring(0, dot)).equals(cookie.substring(dot + 1))) {
      return Optional.empty();
    }
    byte[] text = Base64.getUrlDecoder().decode(cookie.substring(0, dot));
    return Optional.of(new String(text, StandardCharsets.UTF_8));
  }

  private String sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(ownKey, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
