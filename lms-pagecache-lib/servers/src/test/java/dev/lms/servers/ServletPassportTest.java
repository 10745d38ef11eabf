// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.KeyRing;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.servlet.SessionFilter;
import dev.lms.session.store.Revocations;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G11 in servlet containers: who has a passport while the list of sign-outs cannot be asked. */
class ServletPassportTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final SignOuts SIGN_OUTS = new SignOuts();
  private static final Sessions SESSIONS =
      Sessions.of(
          new CookieSessionStore(KEYS, "session", "test", SIGN_OUTS),
          KEYS,
          SessionSettings.plainHttp().withPassport(Duration.ofMinutes(5)));
  private static final ServletSite SITE =
      ServletSite.start(
          () -> List.of(new SessionFilter(SESSIONS, request -> OutagePolicy.PASSPORT)));

  private static final class SignOuts implements Revocations {
    private volatile boolean away;

    @Override
    public boolean revoke(String handle, Instant until, Instant now) {
      return !isRevoked(handle);
    }

    @Override
    public boolean isRevoked(String handle) {
      if (away) {
        throw new SessionStoreException("away");
      }
      return false;
    }
  }

  private static void page(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Session session = SessionFilter.session(request);
    response.setHeader("Cache-Control", "private, max-age=60");
    switch (request.getRequestURI()) {
      case "/sign-in" -> session.signIn(new Principal("ada", Set.of("student")));
      case "/write" -> session.set("a", "1");
      case "/sign-out" -> session.end();
      default -> {}
    }
    String name = session.principal().map(Principal::id).orElse("a stranger");
    response.getWriter().print(name + (session.isOnPassport() ? ", as far as we know" : ""));
  }

  private static List<String> setCookies(HttpResponse<?> answer) {
    return answer.headers().allValues("Set-Cookie");
  }

  private static void assertAnswer(
      int status, String cacheControl, List<String> cookies, HttpResponse<?> answer) {
    assertEquals(status, answer.statusCode());
    assertEquals(List.of(cacheControl), answer.headers().allValues("Cache-Control"));
    assertEquals(cookies, setCookies(answer));
  }

  /** The store is asked again a second after the outage that the other container met. */
  private static HttpResponse<String> signedIn(Container container) throws Exception {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    HttpResponse<String> answer = SITE.send(container, "POST", "/sign-in");
    while (answer.statusCode() == 503 && System.nanoTime() < giveUp) {
      answer = SITE.send(container, "POST", "/sign-in");
    }
    return answer;
  }

  @ParameterizedTest
  @EnumSource
  void readsGoOnAndNothingElseDoes(Container container) throws Exception {
    for (String path : List.of("/", "/sign-in", "/write", "/sign-out")) {
      SITE.pages.put(path, ServletPassportTest::page);
    }
    HttpResponse<String> signIn = signedIn(container);
    assertEquals(2, setCookies(signIn).size(), signIn.headers().toString());
    String cookies =
        setCookies(signIn).stream()
            .map(line -> line.split(";", 2)[0])
            .collect(Collectors.joining("; "));
    HttpResponse<String> before = SITE.send(container, "GET", "/", "Cookie", cookies);
    assertEquals("ada", before.body());
    assertAnswer(200, "private, max-age=60", List.of(), before);
    SIGN_OUTS.away = true;
    HttpResponse<String> reading = SITE.send(container, "GET", "/", "Cookie", cookies);
    assertEquals("ada, as far as we know", reading.body());
    assertAnswer(200, "no-store", List.of(), reading);
    assertAnswer(200, "no-store", List.of(), SITE.send(container, "HEAD", "/", "Cookie", cookies));
    assertAnswer(503, "no-store", List.of(), SITE.send(container, "POST", "/", "Cookie", cookies));
    assertAnswer(
        503, "no-store", List.of(), SITE.send(container, "GET", "/write", "Cookie", cookies));
    assertAnswer(
        503,
        "no-store",
        List.of("session-passport=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
        SITE.send(container, "POST", "/sign-out", "Cookie", cookies));
    SIGN_OUTS.away = false;
  }
}
