// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.config.Config;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.wiring.CopyOfSite;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.RunningSite;
import dev.lms.pagecache.PageAudit;
import dev.lms.session.Principal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Has a copy of the site render its pages for two people each, to find what shared pages say about
 * one of them. Its sessions and stored pages are its own: neither the workers nor the people signed
 * in there notice.
 */
public final class SiteAudit {
  /** Whoever they are: pages that people share ask for nobody's account. */
  private static final Principal SOMEBODY = new Principal("student3", Set.of("student"));

  /**
   * What came out.
   *
   * @param compared how many pages were rendered for two people
   */
  public record Result(long compared, List<PageAudit.Finding> findings) {}

  private SiteAudit() {}

  /**
   * Asks for pages, as a stranger and as somebody who is signed in.
   *
   * @param targets path and query, raw
   * @param progress told how many were asked for so far
   */
  public static Result of(
      Config config,
      ResourcePlan plan,
      List<Feature> features,
      List<String> targets,
      LongConsumer progress)
      throws IOException {
    try (CopyOfSite copy = CopyOfSite.of(config)) {
      Config beside = copy.config();
      String cookie = PageExplainer.cookie(beside, SOMEBODY);
      PageAudit<HttpExchange> audit = RunningSite.pageAudit();
      RunningSite site = RunningSite.startAudited(beside, plan, features, audit);
      try (HttpClient client = HttpClient.newHttpClient()) {
        URI worker = Workers.at(beside.web().host(), site.port());
        long asked = 0;
        for (String target : targets) {
          ask(client, worker.resolve(target), Optional.empty());
          ask(client, worker.resolve(target), Optional.of(cookie));
          asked++;
          progress.accept(asked);
        }
      } finally {
        site.stop(Duration.ZERO);
      }
      return new Result(audit.compared(), audit.findings());
    }
  }

  private static void ask(HttpClient client, URI page, Optional<String> cookie) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(page).header("User-Agent", "lmsctl");
    cookie.ifPresent(pair -> request.header("Cookie", pair));
    try {
      client.send(request.build(), HttpResponse.BodyHandlers.discarding());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
