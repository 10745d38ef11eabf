// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SentFormTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String SENT = "title=a+b&text=1&text=2";

  /** Says which form a problem has. */
  private static final ProblemPage PAGE =
      (exchange, problem) ->
          problem.status()
              + problem
                  .form()
                  .map(
                      form ->
                          form.names().stream()
                              .map(name -> " " + name + form.all(name))
                              .collect(joining()))
                  .orElse(" without");

  private static TestSite site(HttpProvider provider, BodyFilter bodies) throws IOException {
    Router router =
        new Router(
            List.of(
                Route.post(
                    "/busy",
                    request -> {
                      request.form();
                      throw HttpProblem.busy("later", Duration.ofSeconds(1));
                    }),
                Route.post(
                    "/fails",
                    request -> {
                      request.form();
                      throw new IllegalStateException("on purpose");
                    }),
                Route.post(
                    "/unread",
                    request -> {
                      throw new IllegalStateException("on purpose");
                    }),
                Route.post(
                    "/refused",
                    request -> {
                      request.form();
                      throw HttpProblem.forbidden("no");
                    })),
            PAGE);
    ErrorFilter errors = new ErrorFilter(failure -> Optional.empty(), PAGE);
    return TestSite.bare(provider, List.of(errors, bodies), router);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasTypedIsStillThereWhoeverHasReadIt(HttpProvider provider) throws IOException {
    try (BodyFilter bodies = new BodyFilter(Duration.ofSeconds(5), exchange -> "somebody");
        TestSite site = site(provider, bodies)) {
      assertEquals("503 title[a b] text[1, 2]", site.post("/busy", FORM, SENT).body());
      assertEquals("500 title[a b] text[1, 2]", site.post("/fails", FORM, SENT).body());
      assertEquals("500 title[a b] text[1, 2]", site.post("/unread", FORM, SENT).body());
      assertEquals("403 without", site.post("/refused", FORM, SENT).body());
      assertEquals("500 without", site.post("/unread", "application/json", "{}").body());
      assertEquals("500 without", site.post("/unread", FORM, "title=%").body());
      assertEquals("500 without", site.post("/unread", FORM, "").body());
      String large = "title=" + "x".repeat(Request.MAX_FORM_BYTES);
      assertEquals("500 without", site.post("/unread", FORM, large).body());
    }
  }
}
