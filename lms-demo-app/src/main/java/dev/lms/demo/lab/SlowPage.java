// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A page that takes as long to render as an experiment wants, once behind the site's page cache and
 * once behind a naive one: a map that is looked at before each render and filled after it.
 */
final class SlowPage {
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final Pattern RUN = Pattern.compile("[a-z0-9]{1,40}");

  private final Path folder;
  private final Gates gates;
  private final PageCache cache;
  private final Bounded<AtomicInteger> renders = new Bounded<>();
  private final Bounded<String> naive = new Bounded<>();

  /**
   * The page.
   *
   * @param folder where all workers find what it shows
   */
  SlowPage(Path folder, Gates gates, PageCache cache) {
    this.folder = folder;
    this.gates = gates;
    this.cache = cache;
  }

  static String ours(String run) {
    return "/lab-page/" + run;
  }

  static String naive(String run) {
    return "/lab/naive-page/" + run;
  }

  /** The gate at which its renders wait. */
  static String gate(String run, String side) {
    return "render-" + side + "-" + run;
  }

  List<PageRoute> routes() {
    return List.of(
        // Not below /lab, where nothing is cached.
        PageRoute.get("/lab-page/{run}", PageRule.shared(KEPT), this::ours),
        PageRoute.get("/lab/naive-page/{run}", this::naive));
  }

  /** Makes it known here; before that there is no such page. */
  void prepare(String run) {
    for (String side : List.of("ours", "naive")) {
      renders.put(run + side, new AtomicInteger());
    }
  }

  /** Changes what it shows, and makes every worker forget it, as far as each side can. */
  void edit(String run, String version) {
    try {
      Files.createDirectories(folder);
      Files.writeString(file(run), version);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    naive.remove(run);
    cache.purge(tag(run));
  }

  String renders(String run, String side) {
    return renders.get(run + side).map(AtomicInteger::toString).orElse("0");
  }

  private void ours(Request request) throws IOException {
    String run = request.path("run");
    request.header("Cache-Tag", tag(run));
    request.html(200, render(run, "ours"));
  }

  private void naive(Request request) throws IOException {
    String run = request.path("run");
    Optional<String> kept = naive.get(run);
    String page = kept.isPresent() ? kept.get() : render(run, "naive");
    naive.put(run, page);
    request.html(200, page);
  }

  private String render(String run, String side) {
    AtomicInteger count = renders.get(run + side).orElseThrow(HttpProblem::notFound);
    count.incrementAndGet();
    String version;
    try {
      version = Files.readString(file(run));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gates.pass(gate(run, side));
    return "<!doctype html><html lang=\"en\"><title>Slow page</title><body><main><h1>"
        + "Version <b>"
        + version
        + "</b></h1></main></body></html>\n";
  }

  private Path file(String run) {
    if (!RUN.matcher(run).matches()) {
      throw HttpProblem.notFound();
    }
    return folder.resolve(run);
  }

  private static String tag(String run) {
    return "lab:" + run;
  }
}
