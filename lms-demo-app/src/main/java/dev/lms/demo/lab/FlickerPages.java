// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import com.google.gson.Gson;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.SecurityHeaders;
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

  /**
   * What one side shows just now.
   *
   * @param address the page that is shown
   * @param path where its frame finds it, on any worker
   * @param source where its frame finds it now
   */
  private record Pane(
      String side,
      String title,
      String address,
      String path,
      String source,
      String menu,
      String where) {}

  private record Page(
      PagePieces pieces,
      Texts texts,
      String csrfToken,
      List<Switch> switches,
      String run,
      boolean running,
      boolean signedInThere,
      String expected,
      String label,
      String workers,
      boolean crowded,
      boolean all,
      String story,
      List<Pane> panes,
      Optional<ReportView> report) {}

  private void show(Request request) throws IOException {
    String name = request.query("run").orElse("");
    Optional<Flicker> run = runs.get(name);
    Cause chosen = run.map(Flicker::cause).orElse(Cause.SESSIONS_PER_WORKER);
    List<LabWorker> workers = run.map(Flicker::workers).orElse(List.of());
    List<String> origins = Origins.of(request, workers.stream().map(LabWorker::port).toList());
    if (!origins.isEmpty()) {
      SecurityHeaders.allowFramesOf(request.exchange().getResponseHeaders(), origins);
    }
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
            run.filter(r -> !r.name().isEmpty()).isPresent(),
            run.map(Flicker::name).orElse(""),
            run.map(Flicker::label).orElse(""),
            new Gson().toJson(workers.stream().map(w -> shown(request, w)).toList()),
            run.filter(Flicker::isCrowded).isPresent(),
            request.query("all").isPresent(),
            run.map(r -> String.join(" ", r.story())).orElse(""),
            run.map(r -> panes(request, r)).orElse(List.of()),
            run.map(Flicker::report).map(ReportView::new)),
        Set.of());
  }

  /** A worker as the script knows it. */
  private record Shown(String origin, String name) {}

  private static Shown shown(Request request, LabWorker worker) {
    return new Shown(Origins.of(request, worker.port()).orElse(""), worker.name());
  }

  private static List<Pane> panes(Request request, Flicker run) {
    return List.of(
        pane(request, "naive", "Naive", run.lastNaive(), Frames.naive(run.cause(), run.run())),
        pane(request, "ours", "Ours", run.lastOurs(), Frames.ours(run.run())));
  }

  private static Pane pane(Request request, String side, String title, Seen seen, String path) {
    String origin = Origins.of(request, seen.worker().port()).orElse("");
    return new Pane(
        side, title, origin + NaiveSite.PAGE, path, origin + path, seen.says(), seen.where());
  }

  private void step(Request request) throws IOException {
    forms.require(request);
    String step = request.form().get("step").orElse("");
    String name = request.form().get("run").orElse("");
    // The visitor's browser looks by itself.
    boolean frames = request.form().get("frames").filter(said -> !said.isEmpty()).isPresent();
    if (step.equals("begin") || step.equals("all")) {
      Cause cause =
          request
              .form()
              .get("cause")
              .flatMap(Cause::of)
              .orElseThrow(() -> HttpProblem.badRequest("There is no such cause."));
      Flicker run = lab.flicker(cause);
      name = run.run();
      runs.put(name, run);
      if (step.equals("all") && !frames) {
        run.runAll();
      }
      Jar.fill(request, run.cookies());
    } else {
      Flicker run = runs.get(name).orElseThrow(FlickerPages::forgotten);
      run.take(step);
      if (Flicker.isShownByLooking(step) && !frames) {
        run.take("refresh");
      }
      Jar.fill(request, run.cookies());
    }
    boolean goesOn = frames && step.equals("all");
    request.redirect(
        PATH + "?run=" + name + (goesOn ? "&all=1#panes" : frames ? "#panes" : "#result"));
  }

  private static HttpProblem forgotten() {
    return new HttpProblem(
        404, "Not begun here", "This worker knows nothing of that run. Begin another one.");
  }
}
