// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.account.SignIn;
import dev.lms.demo.cache.ExplainReport;
import dev.lms.demo.cache.PageExplainer;
import dev.lms.demo.cache.Roster;
import dev.lms.demo.cache.Stranger;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Proxies;
import dev.lms.demo.http.Request;
import dev.lms.demo.log.Audit;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.wiring.Purged;
import dev.lms.pagecache.PageAudit;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** The operators' page: what the workers do, and what one can do about it. */
final class OpsPages {
  private static final System.Logger LOG = System.getLogger(OpsPages.class.getName());

  private final Config config;
  private final Pages pages;
  private final HitHistory history;
  private final Supplier<SessionCensus> census;
  private final String storeName;
  private final BiFunction<Set<String>, Set<String>, Purged> purge;
  private final Supplier<List<String>> hotPages;
  private final Explainer explainer;
  private final Optional<PageAudit<HttpExchange>> audit;
  private final Audit log;

  /** Explains a page to whoever asks as somebody. */
  interface Explainer {
    Optional<PageExplainer.Answer> explain(String target, Optional<String> user) throws IOException;
  }

  OpsPages(
      Config config,
      Pages pages,
      HitHistory history,
      Supplier<SessionCensus> census,
      String storeName,
      BiFunction<Set<String>, Set<String>, Purged> purge,
      Supplier<List<String>> hotPages,
      Explainer explainer,
      Optional<PageAudit<HttpExchange>> audit,
      Audit log) {
    this.config = config;
    this.pages = pages;
    this.history = history;
    this.census = census;
    this.storeName = storeName;
    this.purge = purge;
    this.hotPages = hotPages;
    this.explainer = explainer;
    this.audit = audit;
    this.log = log;
  }

  List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/ops", this::show),
        PageRoute.get("/ops/explain", this::explain),
        PageRoute.post("/ops/purge", this::purge),
        PageRoute.post("/ops/warm", this::warm));
  }

  /**
   * What the template prints.
   *
   * @param audited whether pages are looked at here, and how many were
   */
  private record Model(
      Dashboard now,
      String storeName,
      String live,
      String of,
      List<Long> audited,
      List<String> leaks,
      boolean hasLeaks,
      List<String> advice,
      boolean hasAdvice,
      String csrfToken) {}

  private record Explained(String url, String user, String report, String message) {}

  private record Sure(
      String question,
      String consequence,
      String action,
      String tag,
      String path,
      String verb,
      String csrfToken) {}

  private static void require(Principal person) {
    if (!person.roles().contains("admin")) {
      throw HttpProblem.forbidden("Only administrators see how the site runs.");
    }
  }

  private void show(Request request) throws IOException {
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isEmpty()) {
      return;
    }
    require(person.get());
    String live = "not known";
    String of = "a store that keeps no list";
    try {
      SessionCensus counted = census.get();
      live = Long.toString(counted.live());
      of = counted.signedIn() + " signed in, " + counted.anonymous() + " anonymous";
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "sessions cannot be counted: {0}", e.getMessage());
    }
    request.header("Cache-Control", "no-store");
    Dashboard now = Dashboard.of(new Roster(config), history.byVariant());
    List<PageAudit.Finding> findings = audit.map(PageAudit::findings).orElse(List.of());
    List<String> leaks =
        findings.stream().filter(PageAudit.Finding::isLeak).map(f -> f.toString()).toList();
    List<String> advice = audit.isPresent() ? PageAudit.advice(now.counted(), findings) : List.of();
    pages.show(
        request,
        200,
        "ops",
        new Model(
            now,
            storeName,
            live,
            of,
            audit.stream().map(PageAudit::compared).toList(),
            leaks,
            !leaks.isEmpty(),
            advice,
            !advice.isEmpty(),
            pages.hole(request, "csrf-token")),
        Set.of());
  }

  private void explain(Request request) throws IOException {
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isEmpty()) {
      return;
    }
    require(person.get());
    String url = request.query("url").orElse("/");
    Optional<String> user = request.query("as").filter(name -> !name.isBlank());
    String report = "";
    String message = "";
    if (!url.matches("/(?!/)[\\x21-\\x7e]*")) {
      message = "Give a path of this site, percent-encoded, such as /course/explore?page=2.";
    } else {
      Optional<PageExplainer.Answer> answer = explainer.explain(url, user);
      if (answer.isEmpty()) {
        message = "There is no account " + user.orElse("") + ".";
      } else {
        boolean showKey = config.environment() != Environment.PRODUCTION;
        report = new ExplainReport(url, user.orElse(null), answer.get(), showKey).text(true);
      }
    }
    request.header("Cache-Control", "no-store");
    pages.show(
        request,
        message.isEmpty() ? 200 : 422,
        "ops-explain",
        new Explained(url, user.orElse(""), report, message),
        Set.of());
  }

  /** Asks once more whoever has not said that they are sure; if so, they have been answered. */
  private boolean isSure(
      Request request, String question, String consequence, String action, String verb)
      throws IOException {
    if (request.form().get("sure").filter("yes"::equals).isPresent()) {
      return true;
    }
    pages.show(
        request,
        200,
        "ops-sure",
        new Sure(
            question,
            consequence,
            action,
            request.form().get("tag").orElse("").strip(),
            request.form().get("path").orElse("").strip(),
            verb,
            pages.hole(request, "csrf-token")),
        Set.of());
    return false;
  }

  private void purge(Request request) throws IOException {
    Principal person = SignIn.ofForm(request);
    require(person);
    String tag = request.form().get("tag").orElse("").strip();
    String path = request.form().get("path").orElse("").strip();
    if (tag.contains(",") || (!path.isEmpty() && !path.matches("/(?!/)[\\x21-\\x7e]*"))) {
      throw HttpProblem.badRequest("A tag has no comma, and a path begins with a slash.");
    }
    String what =
        tag.isEmpty() && path.isEmpty()
            ? "all pages"
            : (tag.isEmpty() ? "" : "the pages tagged " + tag)
                + (tag.isEmpty() || path.isEmpty() ? "" : " and ")
                + (path.isEmpty() ? "" : "the pages at " + path);
    String consequence =
        "All workers forget them at once, and render them again when somebody asks. Nothing else is"
            + " lost.";
    if (isSure(request, "Purge " + what + "?", consequence, "/ops/purge", "Purge")) {
      Purged purged =
          purge.apply(
              tag.isEmpty() ? Set.of() : Set.of(tag), path.isEmpty() ? Set.of() : Set.of(path));
      String address = new Proxies(config.web().trustedProxies()).client(request.exchange());
      log.tell(
          "pages-purged", "account", person.id(), "address", address, "tag", tag, "path", path);
      Flash.say(SessionFilter.session(request.exchange()), purged + ".");
      request.redirect("/ops");
    }
  }

  private void warm(Request request) throws IOException {
    require(SignIn.ofForm(request));
    List<String> targets = hotPages.get();
    List<Roster.Worker> workers = new Roster(config).workers();
    String consequence =
        "Every worker renders "
            + targets.size()
            + " pages for strangers, one after the other, while visitors are served.";
    if (isSure(request, "Warm the page caches?", consequence, "/ops/warm", "Warm")) {
      for (Roster.Worker worker : workers) {
        Thread.ofVirtual().name("warming-" + worker.port()).start(() -> visit(worker, targets));
      }
      Flash.say(
          SessionFilter.session(request.exchange()),
          targets.size()
              + " pages are being warmed on "
              + (workers.size() == 1 ? "1 worker." : workers.size() + " workers."));
      request.redirect("/ops");
    }
  }

  private void visit(Roster.Worker worker, List<String> targets) {
    try (Stranger stranger = new Stranger(Workers.at(config.web().host(), worker.port()))) {
      for (String target : targets) {
        try {
          stranger.visit(target);
        } catch (IOException e) {
          LOG.log(System.Logger.Level.WARNING, "cannot warm {0}: {1}", target, e.getMessage());
        }
      }
    }
  }
}
