// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import dev.lms.demo.account.Account;
import dev.lms.demo.account.Users;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.data.Database;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.wiring.CopyOfSite;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.RunningSite;
import dev.lms.demo.wiring.SampleContent;
import dev.lms.demo.wiring.SessionAccess;
import dev.lms.pagecache.Explanation;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the site's own code why a page is stored or not. A copy of the site runs for one request,
 * over the same database and with the same rules; its sessions and stored pages are its own, so
 * that neither the workers nor the people signed in there notice.
 */
public final class PageExplainer {
  /**
   * What the site answered and how the cache decided.
   *
   * @param cacheStatus the {@code Cache-Status} header, as a visitor would get it from a worker
   *     that has no such page yet
   */
  public record Answer(Explanation explanation, int status, String cacheStatus) {}

  private PageExplainer() {}

  /**
   * Asks for a page.
   *
   * @param features of the site
   * @param target path and query, raw
   * @param user who asks; empty: a stranger
   * @return empty if there is no such user
   */
  public static Optional<Answer> explain(
      Config config,
      ResourcePlan plan,
      List<Feature> features,
      String target,
      Optional<String> user)
      throws IOException {
    try (CopyOfSite copy = CopyOfSite.of(config)) {
      Config beside = copy.config();
      if (user.isEmpty()) {
        return Optional.of(ask(beside, plan, features, target, Optional.empty()));
      }
      Optional<Account> account = account(beside, features, user.get());
      return account.isEmpty()
          ? Optional.empty()
          : Optional.of(
              ask(
                  beside,
                  plan,
                  features,
                  target,
                  Optional.of(
                      cookie(
                          beside,
                          new Principal(account.get().username(), account.get().roles())))));
    }
  }

  private static Optional<Account> account(Config config, List<Feature> features, String username) {
    boolean samples = config.environment() == Environment.DEVELOPMENT;
    try (Database database =
        Database.open(
            config.databaseUrl(),
            1,
            Feature.tablesOf(features),
            SampleContent.of(config.environment()))) {
      return new Users(database, samples).account(username);
    }
  }

  /** A sealed session that no store knows and only the copy of the site can open. */
  static String cookie(Config config, Principal person) {
    try (SessionAccess access = SessionAccess.open(config)) {
      Session session = access.sessions().open(List.of());
      session.signIn(person);
      session.commit();
      String cookie = session.setCookie().orElseThrow();
      return cookie.substring(0, (cookie + ";").indexOf(';'));
    }
  }

  private static Answer ask(
      Config config,
      ResourcePlan plan,
      List<Feature> features,
      String target,
      Optional<String> cookie)
      throws IOException {
    AtomicReference<@Nullable Explanation> heard = new AtomicReference<>();
    RunningSite site = RunningSite.startExplaining(config, plan, features, heard::set);
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create(Workers.at(config.web().host(), site.port()) + target);
      HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "lmsctl");
      cookie.ifPresent(pair -> request.header("Cookie", pair));
      HttpResponse<Void> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.discarding());
      Explanation explanation = heard.get();
      if (explanation == null) {
        throw new IOException("the site answered " + answer.statusCode() + " without its cache");
      }
      return new Answer(
          explanation, answer.statusCode(), answer.headers().firstValue("Cache-Status").orElse(""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      site.stop(Duration.ZERO);
    }
  }
}
