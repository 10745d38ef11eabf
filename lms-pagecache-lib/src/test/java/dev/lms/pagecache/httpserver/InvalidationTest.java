// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What changes make old pages unusable (RFC 9111 section 4.4). */
class InvalidationTest {
  private Site site;

  @BeforeEach
  void open() throws IOException {
    site = new Site();
  }

  @AfterEach
  void close() {
    site.close();
  }

  private static PageRule rule(PageRule.Profile profile) {
    return profile == PageRule.Profile.DECLARED
        ? PageRule.shared(Duration.ofMinutes(1))
        : PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1));
  }

  private void stored(String path, PageRule.Profile profile, int status) throws Exception {
    site.page(
        path,
        rule(profile),
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          Site.send(exchange, status, "x");
        });
    site.get(path);
    assertTrue(isStored(path));
  }

  private boolean isStored(String path) throws Exception {
    return status(site.get(path)).startsWith("lms; hit");
  }

  /** Answers to a POST; its own pages may have a rule. */
  private void answering(Optional<PageRule> rule, int status, String field, String value) {
    site.page(
        "/things",
        rule.orElse(rule(PageRule.Profile.DECLARED)),
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set(field, value);
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    if (rule.isEmpty()) {
      site.undeclare("/things");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theMissingPageOfACreatedResourceGoesAway(PageRule.Profile profile) throws Exception {
    for (Optional<PageRule> rule :
        List.of(Optional.of(rule(profile)), Optional.<PageRule>empty())) {
      for (String field : List.of("Location", "Content-Location")) {
        stored("/things/7", profile, 404);
        answering(rule, 201, field, "/things/7");
        site.send("POST", "/things");
        assertEquals(
            false, isStored("/things/7"), () -> field + (rule.isPresent() ? "" : " without rule"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://HOST/things/7, true",
    "//HOST/things/7, true",
    "things/7?a=b#c, true",
    "http://elsewhere.example/things/7, false",
    "'http://[/', false",
    "mailto:a@b.example, false"
  })
  void onlyTheSameHostCounts(String location, boolean purged) throws Exception {
    stored("/things/7", PageRule.Profile.DECLARED, 404);
    answering(Optional.empty(), 201, "Location", location.replace("HOST", site.host()));
    site.send("POST", "/things");
    assertEquals(!purged, isStored("/things/7"));
  }

  /** After a form, people are sent to some page; that it changed is for the program to say. */
  @Test
  void whereAFormLeadsToIsNoChangeOfThatPage() throws Exception {
    stored("/home", PageRule.Profile.DECLARED, 200);
    answering(Optional.of(rule(PageRule.Profile.DECLARED)), 303, "Location", "/home");
    site.send("POST", "/things");
    assertTrue(isStored("/home"));
  }
}
