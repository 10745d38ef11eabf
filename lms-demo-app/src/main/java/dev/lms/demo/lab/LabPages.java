// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The lab and its experiments, but for the flicker, which has steps. */
final class LabPages {
  private static final Pattern LOCAL = Pattern.compile("/(?![/\\\\])[\\x21-\\x7e]*");

  private final Lab lab;
  private final Forms forms;
  private final Pages pages;
  private final PagePieces pieces;
  private final boolean merges;
  private final List<Texts> texts;
  private final Map<String, Experiment> experiments;
  private final Bounded<Report> reports = new Bounded<>();

  /**
   * The pages.
   *
   * @param merges whether the site's sessions merge what two requests change at the same time
   */
  LabPages(
      Lab lab,
      Forms forms,
      Pages pages,
      PagePieces pieces,
      boolean merges,
      List<Texts> texts,
      List<Experiment> experiments) {
    this.lab = lab;
    this.forms = forms;
    this.pages = pages;
    this.pieces = pieces;
    this.merges = merges;
    this.texts = texts;
    this.experiments =
        experiments.stream().collect(Collectors.toMap(Experiment::id, Function.identity()));
  }

  List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/lab", this::overview),
        PageRoute.get("/lab/another-worker", this::another),
        PageRoute.get("/lab/{experiment}", this::show),
        PageRoute.post("/lab/{experiment}", this::run));
  }

  private record Overview(
      PagePieces pieces, List<Texts> experiments, List<LabWorker> workers, boolean alone) {}

  private record Page(
      PagePieces pieces,
      Texts texts,
      String csrfToken,
      boolean possible,
      Optional<ReportView> report) {}

  private void overview(Request request) throws IOException {
    List<LabWorker> workers = lab.workers();
    pages.show(
        request, 200, "lab", new Overview(pieces, texts, workers, workers.size() < 2), Set.of());
  }

  private void show(Request request) throws IOException {
    Experiment experiment = experiment(request);
    Optional<ReportView> report = request.query("run").flatMap(reports::get).map(ReportView::new);
    pages.show(
        request,
        200,
        "lab-experiment",
        new Page(
            pieces,
            texts(experiment.id()),
            forms.token(request),
            merges || !experiment.needsMerging(),
            report),
        Set.of());
  }

  private void run(Request request) throws IOException {
    forms.require(request);
    Experiment experiment = experiment(request);
    Bench bench = lab.bench();
    reports.put(bench.run(), experiment.run(bench));
    request.redirect("/lab/" + experiment.id() + "?run=" + bench.run());
  }

  private Experiment experiment(Request request) {
    return Optional.ofNullable(experiments.get(request.path("experiment")))
        .orElseThrow(HttpProblem::notFound);
  }

  private Texts texts(String id) {
    return texts.stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
  }

  /** Leads to the same page on another worker, by the host that the browser knows this one by. */
  private void another(Request request) throws IOException {
    String to = request.query("to").filter(path -> LOCAL.matcher(path).matches()).orElse("/");
    Optional<String> there =
        lab.another(request.exchange().getLocalAddress().getPort())
            .flatMap(other -> Origins.of(request, other.port()));
    if (there.isEmpty()) {
      request.redirect("/lab");
      return;
    }
    request.header("Location", URI.create(there.get() + to).toString());
    request.exchange().sendResponseHeaders(303, -1);
  }
}
