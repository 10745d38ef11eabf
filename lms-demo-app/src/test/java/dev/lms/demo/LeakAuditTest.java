// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.cache.SiteAudit;
import dev.lms.demo.config.Config;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import dev.lms.demo.wiring.RunningSite;
import dev.lms.pagecache.PageAudit;
import dev.lms.pagecache.PageRule;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P2: what a shared page says about one person is found in development, and nowhere else. */
class LeakAuditTest {

  @TempDir Path folder;

  /** A page that people share, with a word about the session of whoever came first. */
  private static final class Planted implements Feature {
    @Override
    public Content open(Parts parts) {
      return new Content()
          .pages(
              List.of(
                  PageRoute.get(
                      "/planted",
                      PageRule.shared(Duration.ofMinutes(1)),
                      request ->
                          request.html(
                              200,
                              "<body>\n<p>"
                                  + SessionFilter.session(request.exchange())
                                  + "</p></body>"))));
    }
  }

  private static List<Feature> features() {
    return Stream.concat(App.features().stream(), Stream.of(new Planted())).toList();
  }

  private Config config(String environment) {
    return Config.read(
        Map.of(
            "LMS_ENV", environment,
            "LMS_HOST", "127.0.0.1",
            "LMS_PORT", "0",
            "LMS_DATA_DIR", folder.toString(),
            "SESSION_COOKIE_SECURE", "false",
            "SECRET_KEY", "a secret for tests, long enough 0001"));
  }

  private static Browser browser(RunningSite site) {
    return new Browser(URI.create("http://127.0.0.1:" + site.port()));
  }

  @Test
  void theStripAndTheOperatorsPageTellOfALeakAndNeitherOfACleanPage() throws IOException {
    RunningSite site =
        RunningSite.start(config("development"), Plans.small(), features(), Map.of());
    try {
      Browser student = browser(site);
      student.signIn("student1");
      Browser admin = browser(site);
      admin.signIn("lms-admin");
      student.get("/course/explore");
      assertTrue(
          admin.get("/ops").body().contains("no shared page says anything about one person"));
      String planted = student.get("/planted").body();
      String clean = student.get("/course/explore").body();
      String ops = admin.get("/ops").body();
      assertAll(
          () -> assertTrue(planted.contains("data-testid=\"leak\""), planted),
          () -> assertTrue(planted.contains("line 2, column "), planted),
          () -> assertTrue(planted.contains("LeakAuditTest"), "the line that read"),
          () -> assertFalse(clean.contains("data-testid=\"leak\""), clean),
          () -> assertTrue(ops.contains("/planted (/planted) at line 2"), ops));
    } finally {
      site.stop(Duration.ofSeconds(5));
    }
  }

  /** Over all pages that are asked for most, of a copy of the site. */
  @Test
  void noSharedPageOfTheSiteSaysAnythingAboutOnePerson() throws IOException {
    List<String> pages =
        List.of(
            "/", "/course/explore", "/course/py101/view", "/program/explore", "/course/py101/take");
    SiteAudit.Result clean =
        SiteAudit.of(config("development"), Plans.small(), App.features(), pages, asked -> {});
    assertEquals(List.of(), clean.findings().stream().filter(PageAudit.Finding::isLeak).toList());
    assertTrue(clean.compared() >= 2 * 4, clean.toString());
    SiteAudit.Result planted =
        SiteAudit.of(
            config("development"), Plans.small(), features(), List.of("/planted"), asked -> {});
    assertEquals(1, planted.findings().size());
  }

  @Test
  void inProductionNobodyLooks() throws IOException {
    RunningSite site = RunningSite.start(config("production"), Plans.small(), features(), Map.of());
    try {
      assertEquals(200, browser(site).get("/planted").status());
      assertFalse(site.isAudited());
    } finally {
      site.stop(Duration.ofSeconds(5));
    }
  }
}
