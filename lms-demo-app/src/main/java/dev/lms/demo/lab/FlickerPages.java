// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The flicker, step by step or all at once. */
final class FlickerPages {
  private static final String PATH = "/lab/flicker";

  private final Lab lab;
  private final Forms forms;
  private final Pages pages;
  private final PagePieces pieces;
  private final Texts texts;
  private final Bounded<Flicker> runs = new Bounded<>();

  FlickerPages(Lab lab, Forms forms, Pages pages, PagePieces pieces, Texts texts) {
    this.lab = lab;
    this.forms = forms;
    this.pages = pages;
    this.pieces = pieces;
    this.texts = texts;
  }

  List<PageRoute> routes() {
    return List.of(PageRoute.get(PATH, this::show), PageRoute.post(PATH, this::step));
  }

  private record Switch(String id, String title, String explanation, boolean chosen) {}

  /** What one side shows just now. */
  private record Pane(String side, String title, String address, String menu, String where) {
    static Pane of(String side, String title, Seen seen, String path) {
      return new Pane(side, title, seen.worker().address() + path, seen.says(), seen.where());
    }
  }

  private record Page(
      PagePieces pieces,
      Texts texts,
      String csrfToken,
      List<Switch> switches,
      String run,
      boolean running,
      boolean signedInThere,
      List<Pane> panes,
      Optional<ReportView> report) {}

  private void show(Request request) throws IOException {
    String name = request.query("run").orElse("");
    Optional<Flicker> run = runs.get(name);
    Cause chosen = run.map(Flicker::cause).orElse(Cause.KEY_IGNORES_WHO);
    pages.show(
        request,
        200,
        "lab-flicker",
        new Page(
            pieces,
            texts,
            forms.token(request),
            Arrays.stream(Cause.values())
                .map(c -> new Switch(c.id(), c.title(), c.explanation(), c == chosen))
                .toList(),
            run.isPresent() ? name : "",
            run.isPresent(),
            run.map(Flicker::isSignedIn).orElse(false),
            run.map(FlickerPages::panes).orElse(List.of()),
            run.map(Flicker::report).filter(r -> !r.ours().isEmpty()).map(ReportView::new)),
        Set.of());
  }

  private static List<Pane> panes(Flicker run) {
    return List.of(
        Pane.of("naive", "Naive", run.lastNaive(), NaiveSite.PAGE),
        Pane.of("ours", "Ours", run.lastOurs(), NaiveSite.PAGE));
  }

  private void step(Request request) throws IOException {
    forms.require(request);
    String step = request.form().get("step").orElse("");
    String name = request.form().get("run").orElse("");
    if (step.equals("begin") || step.equals("all")) {
      Cause cause =
          request
              .form()
              .get("cause")
              .flatMap(Cause::of)
              .orElseThrow(() -> HttpProblem.badRequest("There is no such cause."));
      Bench bench = lab.bench();
      name = bench.run();
      Flicker run = new Flicker(bench, cause);
      runs.put(name, run);
      if (step.equals("all")) {
        run.runAll();
      }
    } else {
      take(step, runs.get(name).orElseThrow(FlickerPages::forgotten));
    }
    request.redirect(PATH + "?run=" + name + "#result");
  }

  private static void take(String step, Flicker run) {
    switch (step) {
      case "sign-in" -> run.signIn();
      case "refresh" -> run.refresh();
      case "next" -> run.nextWorker();
      case "sign-out" -> run.signOut();
      case "somebody-else" -> run.somebodyElse();
      default -> throw HttpProblem.badRequest("There is no such step.");
    }
  }

  private static HttpProblem forgotten() {
    return new HttpProblem(
        404, "Not begun here", "This worker knows nothing of that run. Begin another one.");
  }
}
