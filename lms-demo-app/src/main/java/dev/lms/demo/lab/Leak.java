// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.Request;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.Html;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.pagecache.PageRule;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A shared page with a line in it that somebody needed while debugging and left there: it tells of
 * the session of whoever happened to be the first. The page cache does not notice, as such a line
 * asks the session for nothing; the audit does. Beside it, the same page with a hole. Two people
 * who are signed in look at both.
 */
final class Leak implements Experiment {
  private static final int ROUNDS = 5;
  private static final String LEAKY = "/lab-leak";
  private static final String CURED = "/lab-leak/cured";

  /** Stands before the line, for whoever looks for it. */
  private static final String MARK = "<code data-testid=\"left-behind\">";

  private static final String HOLE = "lab-session";
  private static final PageRule RULE = PageRule.shared(Duration.ofMinutes(1));

  private final Pages pages;
  private final PagePieces pieces;

  Leak(Pages pages, PagePieces pieces) {
    this.pages = pages;
    this.pieces = pieces;
  }

  private record Model(PagePieces pieces, boolean leaks, String address, String line) {}

  @Override
  public String id() {
    return "leak";
  }

  @Override
  public Report run(Bench bench) {
    Person first = bench.person();
    Person second = bench.person();
    first.signIn(bench.one(), "student1");
    second.signIn(bench.two(), "student2");
    try {
      return new Report(
          List.of(looks(bench, first, second, LEAKY)), List.of(looks(bench, first, second, CURED)));
    } finally {
      first.signOut(bench.one());
      second.signOut(bench.two());
    }
  }

  private static Report.Row looks(Bench bench, Person first, Person second, String page) {
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      String one = line(first.look(bench.turn(i), page));
      String two = line(second.look(bench.turn(i), page));
      boolean leaks = one.equals(two);
      dots.add(
          new Report.Dot(
              leaks,
              bench.turn(i).name()
                  + (leaks ? " shows both people one session: " : " shows each their own: ")
                  + two));
    }
    return new Report.Row("Two people look at one page", dots);
  }

  private static String line(Seen seen) {
    int from = seen.body().indexOf(MARK);
    if (from < 0) {
      throw Exchange.failed("The page was answered " + seen.status() + ".");
    }
    return seen.body().substring(from + MARK.length(), seen.body().indexOf("</code>", from));
  }

  // Not below /lab, where nothing is cached.
  List<PageRoute> routes() {
    return List.of(
        PageRoute.get(LEAKY, RULE, this::leaky), PageRoute.get(CURED, RULE, this::cured));
  }

  Map<String, HoleFiller> holes() {
    return Map.of(HOLE, (session, path) -> Html.escape(session.toString()));
  }

  private void leaky(Request request) throws IOException {
    String line = SessionFilter.session(request.exchange()).toString();
    show(request, new Model(pieces, true, LEAKY, Html.escape(line)));
  }

  private void cured(Request request) throws IOException {
    show(request, new Model(pieces, false, CURED, pages.hole(request, HOLE)));
  }

  private void show(Request request, Model model) throws IOException {
    pages.show(request, 200, "lab-leak", model, Set.of("lab:leak"));
  }
}
