// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The cookie of the sign-in form, in spellings of clients and of attackers. */
class SignInFormIT {
  private static final String PREFIXED = "__Host-lms_login";
  private static final Pattern TOKEN = Pattern.compile("name=\"csrf_token\" value=\"([^\"]+)\"");

  private static WorkerProcess plain;
  private static WorkerProcess secure;

  @BeforeAll
  static void start() {
    plain = WorkerProcess.serve(Map.of());
    secure = WorkerProcess.serve(Map.of("SESSION_COOKIE_SECURE", "true"));
  }

  @AfterAll
  static void stop() {
    plain.close();
    secure.close();
  }

  private static Map<String, String> form(String token) {
    return Map.of("username", "student1", "password", "student1", "csrf_token", token);
  }

  /** The box decides whether the session's cookie outlives the browser, and the list tells it. */
  @Test
  void whoAsksToBeRememberedGetsACookieThatStays() throws Exception {
    for (String box : new String[] {"", "&remember=1"}) {
      Browser visitor = new Browser(plain.uri("/"));
      String page = visitor.get("/user/login").body();
      assertTrue(page.contains("<input type=\"checkbox\" name=\"remember\""), page);
      try (HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
        URI form = plain.uri("/user/login");
        Matcher token =
            TOKEN.matcher(
                client.send(HttpRequest.newBuilder(form).build(), BodyHandlers.ofString()).body());
        assertTrue(token.find());
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(form)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "username=student2&password=student2&csrf_token="
                                + token.group(1)
                                + box))
                    .build(),
                BodyHandlers.ofString());
        assertEquals(303, answer.statusCode(), answer.body());
        String cookie =
            answer.headers().allValues("Set-Cookie").stream()
                .filter(line -> line.startsWith("session="))
                .findFirst()
                .orElseThrow();
        assertEquals(!box.isEmpty(), cookie.contains("; Max-Age=2592000"), cookie);
        String account =
            client
                .send(
                    HttpRequest.newBuilder(plain.uri("/user/account")).build(),
                    BodyHandlers.ofString())
                .body();
        assertEquals(!box.isEmpty(), account.contains("Stays signed in"), account);
      }
    }
  }

  /** It sends every cookie that has a Max-Age between quotes, after a $Version. */
  @Test
  void theJdksOwnClientSignsIn() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
      URI page = plain.uri("/user/login");
      HttpResponse<String> form =
          client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
      Matcher token = TOKEN.matcher(form.body());
      assertTrue(token.find(), form.body());
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(page)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "username=student1&password=student1&csrf_token=" + token.group(1)))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(303, answer.statusCode(), answer.body());
      HttpResponse<String> account =
          client.send(
              HttpRequest.newBuilder(plain.uri("/user/account")).build(), BodyHandlers.ofString());
      assertEquals(200, account.statusCode());
    }
  }

  @Test
  void overHttpsTheCookieIsOneThatOnlyTheSiteItselfCanSet() {
    Browser visitor = new Browser(secure.uri("/"));
    Browser.Answer form = visitor.get("/user/login");
    assertEquals(Set.of(PREFIXED), visitor.cookies().keySet());
    Set<String> attributes = Set.of(form.header("set-cookie").split("; ", -1));
    assertTrue(attributes.containsAll(Set.of("Secure", "HttpOnly", "Path=/", "SameSite=Lax")));
    assertFalse(form.header("set-cookie").contains("Domain"));
    assertEquals(303, visitor.post("/user/login", form(form.token())).status());
    assertFalse(visitor.cookies().containsKey(PREFIXED), "no longer needed");
  }

  /** A sibling domain has a pair of its own, and plants its cookie under what name it can. */
  @Test
  void aPairThatASiblingDomainPlantedIsRefused() throws IOException {
    Browser attacker = new Browser(secure.uri("/"));
    String token = attacker.get("/user/login").token();
    String nonce = attacker.cookies().values().iterator().next();
    for (String name : Set.of("lms_login", "__host-lms_login", "$" + PREFIXED)) {
      Browser victim = new Browser(secure.uri("/"));
      victim.cookies().put(name, nonce);
      assertEquals(403, victim.post("/user/login", form(token)).status(), name);
    }
    // Browsers take these for part of the name, so its prefix protects nothing.
    for (String space : Set.of("\u001f", "\u0085", "\u00a0", "\u2003", "\u3000", "\f", "\u000b")) {
      assertFalse(
          raw(space + PREFIXED + "=" + nonce, token).startsWith("HTTP/1.1 303"),
          "U+" + Integer.toHexString(space.charAt(0)));
    }
    assertTrue(raw(" \t" + PREFIXED + "=" + nonce, token).startsWith("HTTP/1.1 303"));
  }

  private static String raw(String cookie, String token) throws IOException {
    String body = "username=student1&password=student1&csrf_token=" + token;
    String request =
        "POST /user/login HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nCookie: a=b;"
            + cookie
            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), secure.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
