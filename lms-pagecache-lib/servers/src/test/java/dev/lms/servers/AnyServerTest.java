// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs that the documents show for servers without an adapter. */
class AnyServerTest {
  static List<AnyServer> servers() {
    return List.of(AnyServer.UNDERTOW, AnyServer.HELIDON);
  }

  @AfterAll
  static void stop() {
    for (AnyServer server : servers()) {
      server.running.stop().run();
    }
  }

  private static String verdict(HttpResponse<String> answer) {
    return answer.headers().firstValue("Cache-Status").orElseThrow().replaceAll("ttl=\\d+; ", "");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whoSignsInGetsANewIdAndWhoSignsOutIsOut(AnyServer server) throws Exception {
    HttpResponse<String> first = server.ask("GET", "/visits");
    String anonymous = AnyServer.cookieOf(first);
    assertEquals("1", first.body());
    assertEquals("2", server.ask("GET", "/visits", "Cookie", anonymous).body());
    String cookie = server.signIn("Cookie", anonymous);
    assertEquals("ann", server.ask("GET", "/me", "Cookie", cookie).body());
    assertEquals("3", server.ask("GET", "/visits", "Cookie", cookie).body());
    assertEquals("?", server.ask("GET", "/me", "Cookie", anonymous).body());
    assertEquals(303, server.ask("POST", "/logout", "Cookie", cookie).statusCode());
    assertEquals("?", server.ask("GET", "/me", "Cookie", cookie).body());
    assertEquals("1", server.ask("GET", "/visits", "Cookie", cookie).body());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aPageIsSharedAndItsHolesAreNot(AnyServer server) throws Exception {
    HttpResponse<String> miss = server.ask("GET", "/course/1");
    assertEquals("lms; fwd=miss; stored; detail=anon", verdict(miss));
    HttpResponse<String> hit = server.ask("GET", "/course/1?utm_source=x");
    assertEquals("lms; hit; detail=anon", verdict(hit));
    assertEquals(miss.body(), hit.body());
    assertTrue(hit.body().startsWith("Hello nobody"), hit.body());
    String cookie = server.signIn();
    HttpResponse<String> own = server.ask("GET", "/course/1", "Cookie", cookie);
    assertTrue(own.body().startsWith("Hello ann"), own.body());
    assertEquals("<p>Hello ann</p>", server.ask("GET", "/course/hello", "Cookie", cookie).body());
    assertEquals(
        "lms; hit; detail=auth", verdict(server.ask("GET", "/course/1", "Cookie", cookie)));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whatAPageReadsKeepsItFromOthers(AnyServer server) throws Exception {
    for (String path : List.of("/course/agent", "/course/mine")) {
      String first = server.ask("GET", path).body();
      HttpResponse<String> second = server.ask("GET", path);
      assertTrue(verdict(second).contains("fwd="), verdict(second));
      assertTrue(!first.equals(second.body()), first);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aPurgeIsSeenByTheNextRequest(AnyServer server) throws Exception {
    String before = server.ask("GET", "/course/2").body();
    assertEquals(before, server.ask("GET", "/course/2").body());
    assertEquals(303, server.ask("POST", "/edit").statusCode());
    assertEquals("lms; fwd=miss; stored; detail=anon", verdict(server.ask("GET", "/course/2")));
    assertEquals("lms; hit; detail=anon", verdict(server.ask("GET", "/course/2")));
    server.ask("POST", "/course/2"); // RFC 9111 section 4.4.
    assertEquals("lms; fwd=miss; stored; detail=anon", verdict(server.ask("GET", "/course/2")));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void headAndConditionsAreAnswered(AnyServer server) throws Exception {
    HttpResponse<String> page = server.ask("GET", "/course/3");
    String etag = page.headers().firstValue("ETag").orElseThrow();
    for (int again = 0; again < 3; again++) { // On one connection, which must stay in step.
      HttpResponse<String> head = server.ask("HEAD", "/course/3");
      assertEquals(200, head.statusCode());
      assertEquals(
          page.body().length(), head.headers().firstValueAsLong("Content-Length").orElse(0));
      assertEquals("", head.body());
      HttpResponse<String> same = server.ask("GET", "/course/3", "If-None-Match", etag);
      assertEquals(304, same.statusCode());
      assertEquals("", same.body());
    }
    assertEquals(200, server.ask("HEAD", "/me").statusCode());
    String cookie = server.signIn();
    HttpResponse<String> other =
        server.ask("GET", "/course/3", "If-None-Match", etag, "Cookie", cookie);
    assertEquals(200, other.statusCode());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void nobodyTakesABrokenAnswerForAWholeOne(AnyServer server) throws Exception {
    for (String path : List.of("/course/short", "/course/broken", "/broken")) {
      assertThrows(IOException.class, () -> server.ask("GET", path), path);
    }
    assertEquals(500, server.ask("GET", "/refused").statusCode());
    assertEquals(1_000_000, server.ask("GET", "/big").body().length());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aTargetIsAsTheClientSentIt(AnyServer server) throws Exception {
    assertEquals(
        "/target/a%2Fb?q=a%2Fb%20c&r", server.ask("GET", "/target/a%2Fb?q=a%2Fb%20c&r").body());
    assertEquals("/target/a/b", server.ask("GET", "/target/a/b").body());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void nothingClaimsWhatWasNotKept(AnyServer server) throws Exception {
    String cookie = server.signIn();
    HttpResponse<String> answer = server.ask("POST", "/meanwhile", "Cookie", cookie);
    assertEquals(409, answer.statusCode());
    assertEquals("", answer.body());
    assertEquals("?", server.ask("GET", "/me", "Cookie", cookie).body());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void anOutageIs503AndNotAStranger(AnyServer server) throws Exception {
    String cookie = server.signIn();
    server.isAway.set(true);
    try {
      assertEquals(503, server.ask("GET", "/me", "Cookie", cookie).statusCode());
      assertEquals(200, server.ask("GET", "/course/4").statusCode());
    } finally {
      server.isAway.set(false);
    }
    assertEquals("ann", server.ask("GET", "/me", "Cookie", cookie).body());
  }

  /** The session of such a request, and what pages it shares: those of people signed in. */
  @ParameterizedTest
  @MethodSource("servers")
  void aClientWithoutCookiesSendsATokenInAHeader(AnyServer server) throws Exception {
    HttpResponse<String> signedIn = server.ask("POST", "/login", "Authorization", "Session");
    assertEquals(303, signedIn.statusCode());
    assertEquals(List.of(), signedIn.headers().allValues("Set-Cookie"));
    assertEquals("no-store", signedIn.headers().firstValue("Cache-Control").orElseThrow());
    String token = "Session " + signedIn.headers().firstValue("Session-Token").orElseThrow();
    assertEquals("ann", server.ask("GET", "/me", "Authorization", token).body());
    String page = server.ask("GET", "/course/1", "Authorization", token).body();
    assertTrue(page.startsWith("Hello ann"), page);
    HttpResponse<String> out = server.ask("POST", "/logout", "Authorization", token);
    assertEquals("", out.headers().firstValue("Session-Token").orElseThrow());
    assertEquals("?", server.ask("GET", "/me", "Authorization", token).body());
  }

  /** Of both libraries together, as the documents show them. */
  @Test
  void anAdapterTakesThirtyLines() throws IOException {
    String page = Files.readString(Path.of("../../docs/how-to/use-other-servers.md"));
    List<String> adapters =
        Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map((MatchResult found) -> found.group(1))
            .filter(text -> text.contains("pages.serve("))
            .toList();
    assertEquals(2, adapters.size());
    adapters.forEach(text -> assertTrue(text.lines().count() <= 30, text));
  }
}
