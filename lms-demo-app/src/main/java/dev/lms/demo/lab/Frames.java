// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import com.sun.net.httpserver.Headers;
import dev.lms.demo.cache.Roster;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.SecurityHeaders;
import dev.lms.demo.view.PageRoute;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;

/**
 * What the panes of the flicker show in the visitor's own browser: the page of either side as this
 * worker answers it, with the very headers by which a browser keeps a page or asks again. Who looks
 * is the person of the experiment, whose cookies have names of their own here: the visitor stays
 * who they are. These pages alone may stand in frames, those of the site's workers.
 */
final class Frames {
  private static final String ROOT = "/lab/frame/";
  private static final List<String> HANDED_ON =
      List.of("Content-Type", "Cache-Control", "Vary", "ETag", "Age", "Cache-Status");

  private final String host;
  private final Roster roster;
  private final Exchange exchange;
  private final String script;

  /**
   * The panes.
   *
   * @param script the address of the script that tells the page around a pane what is in it
   */
  Frames(Config config, Exchange exchange, String script) {
    this.host = config.web().host();
    this.roster = new Roster(config);
    this.exchange = exchange;
    this.script = script;
  }

  static String naive(Cause cause, String run) {
    return ROOT + "naive/" + cause.id() + "/" + run;
  }

  static String ours(String run) {
    return ROOT + "ours/" + run;
  }

  List<PageRoute> routes() {
    return List.of(
        PageRoute.get(ROOT + "ours/{run}", request -> show(request, NaiveSite.PAGE)),
        PageRoute.get(ROOT + "naive/{cause}/{run}", this::showNaive));
  }

  private void showNaive(Request request) throws IOException {
    Cause cause = Cause.of(request.path("cause")).orElseThrow(HttpProblem::notFound);
    String run = request.path("run");
    if (!run.matches("[0-9a-f]{1,32}")) {
      throw HttpProblem.notFound();
    }
    show(request, NaiveSite.path(cause, run));
  }

  private void show(Request request, String path) throws IOException {
    List<Integer> ports = roster.workers().stream().map(Roster.Worker::port).toList();
    Headers headers = request.exchange().getResponseHeaders();
    SecurityHeaders.letIntoFramesOf(headers, Origins.of(request, ports));
    String known = request.exchange().getRequestHeaders().getFirst("If-None-Match");
    URI self = Workers.at(host, request.exchange().getLocalAddress().getPort()).resolve(path);
    HttpResponse<String> answer =
        known == null
            ? exchange.get(self, "Cookie", Jar.of(request))
            : exchange.get(self, "Cookie", Jar.of(request), "If-None-Match", known);
    for (String name : HANDED_ON) {
      answer.headers().firstValue(name).ifPresent(value -> headers.set(name, value));
    }
    answer
        .headers()
        .allValues("Set-Cookie")
        .forEach(line -> headers.add("Set-Cookie", Jar.inBrowser(line)));
    if (answer.statusCode() == 304) {
      request.exchange().sendResponseHeaders(304, -1);
      return;
    }
    String page = answer.body();
    int end = page.lastIndexOf("</body>");
    String tells = "<script src=\"" + script + "\"></script>\n";
    request.html(
        answer.statusCode(), end < 0 ? page : page.substring(0, end) + tells + page.substring(end));
  }
}
