// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {

  private static TestSite courses() throws IOException {
    return TestSite.serving(
        Route.get("/", r -> r.text(200, "start")),
        Route.get("/course/{code}/view", r -> r.text(200, "view " + r.path("code"))),
        Route.get("/course/{code}", r -> r.text(200, "course " + r.path("code"))),
        Route.get("/course/explore", r -> r.text(200, "explore")),
        Route.post("/course/{code}/edit", r -> r.text(200, "edit")));
  }

  @ParameterizedTest
  @CsvSource({
    "/, start",
    "/course/explore, explore",
    "/course/cs101, course cs101",
    "/course/explor, course explor",
    "/course/explorer, course explorer",
    "/course/explore/view, view explore",
    "/course/a%20b/view, view a b",
    "/course/caf%C3%A9/view, view caf\u00e9",
    "/course/a+b/view, view a+b",
    "/course/a%2Fb/view, view a/b",
    "/course/../view?x=1, view ..",
  })
  void findsTheRouteByTheRawPath(String target, String answer) throws IOException {
    try (TestSite site = courses()) {
      String response = site.rawTarget("GET", target);
      String body = response.substring(response.indexOf("\r\n\r\n") + 4);
      assertEquals(
          answer, new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/course//view",
        "/course//view/",
        "/nothing/",
        "/COURSE/explore",
        "/course/explorer/x",
        "/course",
        "/course/cs101/vie",
        "/course/cs101/views",
        "/course/cs101/view/x",
        "//evil.example/course/explore",
        "//course/explore",
        "//evil.example/",
        "//course/explore/",
        "///",
      })
  void otherPathsAre404(String target) throws IOException {
    try (TestSite site = courses()) {
      String response = site.rawTarget("GET", target);
      assertTrue(response.startsWith("HTTP/1.1 404 "), response);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/course/explore/, /course/explore",
    "/course/a%20b/view//?x=%2F, /course/a%20b/view?x=%2F",
    "http://elsewhere.example/course/explore/, /course/explore",
  })
  void aSlashTooManyLeadsToThePageOnThisSite(String target, String page) throws IOException {
    try (TestSite site = courses()) {
      String response = site.rawTarget("GET", target);
      assertTrue(response.startsWith("HTTP/1.1 308 "), response);
      assertTrue(response.contains("\r\nLocation: " + page + "\r\n"), response);
    }
  }

  @Test
  void anAbsoluteTargetIsItsPath() throws IOException {
    try (TestSite site = courses()) {
      String response = site.rawTarget("GET", "http://elsewhere.example/course/explore?page=2");
      assertTrue(response.endsWith("explore"), response);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"%ff", "%c3%28", "%00", "%ed%a0%80", "%c0%af"})
  void aVariableThatIsNotUtf8Is400(String code) throws IOException {
    try (TestSite site = courses()) {
      HttpResponse<String> response = site.get("/course/" + code + "/view");
      assertEquals(400, response.statusCode());
    }
  }

  @Test
  void anotherMethodIs405AndNamesTheRightOnes() throws IOException {
    try (TestSite site = courses()) {
      HttpResponse<String> edit = site.get("/course/cs101/edit");
      assertEquals(405, edit.statusCode());
      assertEquals("POST", edit.headers().firstValue("Allow").orElseThrow());

      HttpResponse<String> explore =
          site.send(site.request("/course/explore").method("DELETE", BodyPublishers.noBody()));
      assertEquals(405, explore.statusCode());
      assertEquals("GET, HEAD", explore.headers().firstValue("Allow").orElseThrow());
    }
  }

  @Test
  void headIsGetWithoutTheBytes() throws IOException {
    try (TestSite site = courses()) {
      HttpResponse<String> head =
          site.send(site.request("/course/explore").method("HEAD", BodyPublishers.noBody()));
      assertEquals(200, head.statusCode());
      assertEquals("7", head.headers().firstValue("Content-Length").orElseThrow());
      assertEquals("", head.body());
      assertEquals(
          404,
          site.send(site.request("/nothing").method("HEAD", BodyPublishers.noBody())).statusCode());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b?x=1, /a/b, x=1",
    "//host/a, //host/a, ''",
    "///a, ///a, ''",
    "http://host/a%2Fb?q, /a%2Fb, q",
    "http://host, /, ''",
    "/a/../b, /a/../b, ''",
    "?x, /, x",
    "*, *, ''",
  })
  void theTargetIsTakenAsSent(String uri, String path, String query) {
    assertEquals(new RequestTarget(path, query), RequestTarget.of(URI.create(uri)));
  }

  @Test
  void refusesRoutesThatAnswerTheSame() {
    assertThrows(
        IllegalArgumentException.class,
        () -> TestSite.serving(Route.get("/a/{b}", r -> {}), Route.get("/a/{c}", r -> {})));
    assertThrows(
        IllegalArgumentException.class, () -> TestSite.serving(Route.get("/a/x{b}", r -> {})));
    assertThrows(IllegalArgumentException.class, () -> TestSite.serving(Route.get("a", r -> {})));
  }
}
