// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
  private static final String FORM = "application/x-www-form-urlencoded";

  private static TestSite echo() throws IOException {
    return TestSite.serving(
        Route.get("/query", r -> r.text(200, r.query("a").orElse("absent"))),
        Route.post(
            "/form",
            r -> r.text(200, r.form().get("a").orElse("absent") + "|" + r.form().all("b"))),
        Route.get("/go", r -> r.redirect(r.query("to").orElseThrow())),
        Route.get("/json", r -> r.json(200, Map.of("name", "a<b"))),
        Route.get("/page", r -> r.html(200, "<p>\u00e9</p>")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a=1 ; 1|[]",
        "a=x+y%26z&b=1&b=2 ; x y&z|[1, 2]",
        "a=%E2%82%AC ; \u20ac|[]",
        "c ; absent|[]",
        "a= ; |[]",
        "&&a=1& ; 1|[]",
        "a=b=c ; b=c|[]",
      })
  void readsForms(String body, String expected) throws IOException {
    try (TestSite site = echo()) {
      assertEquals(expected, site.post("/form", FORM + "; charset=UTF-8", body).body());
    }
  }

  @Test
  void aFormWithoutABodyIsEmpty() throws IOException {
    try (TestSite site = echo()) {
      HttpResponse<String> response =
          site.send(site.request("/form").POST(BodyPublishers.noBody()));
      assertEquals("absent|[]", response.body());
    }
  }

  @Test
  void theFormMayFillItsLimitAndNoMore() throws IOException {
    try (TestSite site = echo()) {
      String full = "a=" + "x".repeat(Request.MAX_FORM_BYTES - 2);
      assertEquals(200, site.post("/form", FORM, full).statusCode());
      assertEquals(413, site.refuse("/form", FORM, full + "x"));
    }
  }

  /**
   * Its body stays away: where the connection closes on what nobody has read, the system may take
   * the answer with it.
   */
  @Test
  void aFormThatHidesItsLengthIsRefused() throws IOException {
    try (TestSite site = echo()) {
      String answer =
          site.raw(
              "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: "
                  + FORM
                  + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 411 "), answer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/json",
        "application/x-www-form-urlencoded; charset=iso-8859-1"
      })
  void anotherTypeIs415(String type) throws IOException {
    try (TestSite site = echo()) {
      assertEquals(415, site.post("/form", type, "a=1").statusCode());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%zz", "a=%f", "a=%", "a=%ff", "%C3=1", "a=\u00e9"})
  void aFormThatIsNotUtf8Is400(String body) throws IOException {
    try (TestSite site = echo()) {
      assertEquals(400, site.post("/form", FORM, body).statusCode());
    }
  }

  @Test
  void aQueryIsDecodedOrRefused() throws IOException {
    try (TestSite site = echo()) {
      assertEquals("x y", site.get("/query?a=x+y&a=2").body());
      assertEquals("absent", site.get("/query").body());
      assertEquals(400, site.get("/query?a=%ff").statusCode());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/course/x/view%3Fa=1, 303",
    "/, 303",
    "//evil.example, 500",
    "/%5Cevil.example, 500",
    "/%09/evil.example, 500",
    "https://evil.example, 500",
    "/a%0D%0ASet-Cookie:x=1, 500",
    "evil, 500",
  })
  void redirectsStayOnTheSite(String location, int status) throws IOException {
    try (TestSite site = echo()) {
      HttpResponse<String> response = site.get("/go?to=" + location);
      assertEquals(status, response.statusCode());
      assertEquals(status == 303, response.headers().firstValue("Location").isPresent());
      assertTrue(response.headers().firstValue("Set-Cookie").isEmpty());
    }
  }

  @Test
  void answersSayWhatTheyAre() throws IOException {
    try (TestSite site = echo()) {
      HttpResponse<String> page = site.get("/page");
      assertEquals(
          "text/html; charset=utf-8", page.headers().firstValue("Content-Type").orElseThrow());
      assertEquals("<p>\u00e9</p>", page.body());
      HttpResponse<String> json = site.get("/json");
      assertEquals("application/json", json.headers().firstValue("Content-Type").orElseThrow());
      assertEquals("{\"name\":\"a<b\"}", json.body());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | true",
        "application/problem+json | true",
        "application/json, text/plain, */* | true",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | false",
        "text/html, application/json | false",
        "text/html;q=0.5, application/json | true",
        "application/json;q=0, */* | false",
        "application/* | true",
        "*/* | false",
        "text/plain | false",
        "application/json;q=x | false",
        "application/json;q=5, text/html | false",
        "application/json;q=0x1p0 | false",
        "application/json;q=1d | false",
        "application/json;q=1e0 | false",
        "application/json;q=NaN | false",
        "text/html;q=NaN, application/json;q=0.1 | true",
        "'' | false",
      })
  void jsonIsForThoseWhoAskForIt(String accept, boolean json) {
    Headers headers = new Headers();
    headers.add("Accept", accept);
    assertEquals(json, Accept.prefersJson(headers));
    assertFalse(Accept.prefersJson(new Headers()));
  }
}
