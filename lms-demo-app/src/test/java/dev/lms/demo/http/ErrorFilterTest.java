// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ErrorFilterTest {

  private static HttpHandler failing(Throwable failure) {
    return exchange -> {
      exchange.getResponseHeaders().set("Set-Cookie", "half=done");
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      sneak(failure);
    };
  }

  @SuppressWarnings("unchecked") // the point: any throwable, past the compiler
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  private static final class OutOfLuck extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void everyThrowableBecomesAPage() throws IOException {
    for (Throwable failure :
        List.of(
            new IllegalStateException("secret detail"),
            new IOException("secret detail"),
            new StackOverflowError("secret detail"),
            new OutOfLuck(),
            new Exception("secret detail"))) {
      try (TestSite site = TestSite.with(List.of(), failing(failure))) {
        HttpResponse<String> response = site.get("/");
        assertEquals(500, response.statusCode());
        assertTrue(response.body().contains("Something went wrong"), response.body());
        assertFalse(response.body().contains("secret"), response.body());
        assertFalse(response.body().contains("at dev.lms"), response.body());
        assertTrue(response.headers().firstValue("Set-Cookie").isEmpty());
        assertTrue(response.headers().firstValue("Content-Encoding").isEmpty());
        assertEquals("no-store", response.headers().firstValue("Cache-Control").orElseThrow());
      }
    }
  }

  @Test
  void programsGetProblemDetails() throws IOException {
    HttpHandler handler = failing(new HttpProblem(409, "Conflict", "It \"changed\"."));
    try (TestSite site = TestSite.with(List.of(), handler)) {
      HttpResponse<String> response =
          site.send(site.request("/").header("Accept", "application/json"));
      assertEquals(
          "application/problem+json", response.headers().firstValue("Content-Type").orElseThrow());
      JsonObject problem = JsonParser.parseString(response.body()).getAsJsonObject();
      assertEquals("about:blank", problem.get("type").getAsString());
      assertEquals("Conflict", problem.get("title").getAsString());
      assertEquals(409, problem.get("status").getAsInt());
      assertEquals("It \"changed\".", problem.get("detail").getAsString());
    }
  }

  @Test
  void wordsAreEscapedOnThePage() throws IOException {
    HttpHandler handler = failing(HttpProblem.badRequest("<script>alert('x')</script>"));
    try (TestSite site = TestSite.with(List.of(), handler)) {
      String page = site.get("/").body();
      assertFalse(page.contains("<script>"), page);
      assertTrue(page.contains("&lt;script&gt;"), page);
    }
  }

  @Test
  void aKnownFailureIsTheProblemItIsSaidToBe() throws IOException {
    ErrorFilter filter =
        new ErrorFilter(
            failure ->
                failure instanceof IllegalStateException
                    ? Optional.of(HttpProblem.busy("later", Duration.ofMillis(2500)))
                    : Optional.empty());
    try (TestSite site =
        TestSite.bare(List.of(filter), failing(new IllegalStateException("store down")))) {
      HttpResponse<String> response = site.get("/");
      assertEquals(503, response.statusCode());
      assertEquals("3", response.headers().firstValue("Retry-After").orElseThrow());
      assertTrue(response.headers().firstValue("Content-Security-Policy").isPresent());
    }
  }

  @Test
  void aForgottenAnswerIsGiven() throws IOException {
    try (TestSite site = TestSite.with(List.of(), exchange -> {})) {
      assertEquals(500, site.get("/").statusCode());
    }
  }

  @Test
  void aForgottenCloseIsDone() throws IOException {
    HttpHandler forgetful =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("whole".getBytes(StandardCharsets.UTF_8));
        };
    try (TestSite site = TestSite.with(List.of(), forgetful)) {
      assertEquals("whole", site.get("/").body());
    }
  }

  @Test
  void aPageCutShortDoesNotLookWhole() throws IOException {
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("half a page".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          throw new OutOfLuck();
        };
    try (TestSite site = TestSite.with(List.of(), handler)) {
      String response = site.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(response.contains("half a page"), response);
      assertFalse(response.endsWith("0\r\n\r\n"), response);
    }
  }

  @Test
  void aProblemThrownByAHandlerIsSeenByTheFiltersAsAnAnswer() throws Exception {
    // The answer leaves before they see it.
    CompletableFuture<Integer> seen = new CompletableFuture<>();
    com.sun.net.httpserver.Filter watching =
        com.sun.net.httpserver.Filter.afterHandler(
            "watching", exchange -> seen.complete(exchange.getResponseCode()));
    Router router =
        new Router(
            List.of(
                Route.get(
                    "/",
                    r -> {
                      throw HttpProblem.forbidden("no");
                    })));
    try (TestSite site = TestSite.with(List.of(watching), router)) {
      assertEquals(403, site.get("/").statusCode());
    }
    assertEquals(403, seen.get(60, TimeUnit.SECONDS));
  }

  @Test
  void everyAnswerCarriesTheSecurityHeaders() throws IOException {
    try (TestSite site = TestSite.serving(Route.get("/", r -> r.html(200, "x")))) {
      for (String path : List.of("/", "/nothing")) {
        HttpResponse<String> response = site.get(path);
        assertTrue(
            response
                .headers()
                .firstValue("Content-Security-Policy")
                .orElseThrow()
                .startsWith("default-src 'self'"));
        assertEquals(
            "nosniff", response.headers().firstValue("X-Content-Type-Options").orElseThrow());
        assertEquals("DENY", response.headers().firstValue("X-Frame-Options").orElseThrow());
        assertEquals("same-origin", response.headers().firstValue("Referrer-Policy").orElseThrow());
      }
    }
  }
}
