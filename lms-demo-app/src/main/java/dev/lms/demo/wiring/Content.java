// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.http.Route;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.PageRoute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** What a feature adds to the site. For the thread that starts it. */
public final class Content {
  private final List<PageRoute> pages = new ArrayList<>();
  private final Map<String, HoleFiller> holes = new LinkedHashMap<>();
  private final List<Route> forOperators = new ArrayList<>();
  private final List<IntConsumer> whenStarted = new ArrayList<>();
  private final List<Runnable> whenStopping = new ArrayList<>();

  /** Pages and actions for people, each with the rule by which the page cache may store it. */
  public Content pages(List<PageRoute> more) {
    pages.addAll(more);
    return this;
  }

  /** What fills the parts of shared pages that differ from person to person. */
  public Content holes(Map<String, ? extends HoleFiller> more) {
    holes.putAll(more);
    return this;
  }

  /**
   * Pages for programs that watch the site: no session is looked up for them, they answer even when
   * it is too busy for anything else, and they move to the management port if there is one. Their
   * patterns have no variables.
   */
  public Content forOperators(List<Route> more) {
    forOperators.addAll(more);
    return this;
  }

  /** What begins when the site listens, on the given port. */
  public Content whenStarted(IntConsumer action) {
    whenStarted.add(action);
    return this;
  }

  /** What must end before the last requests are waited for. */
  public Content whenStopping(Runnable action) {
    whenStopping.add(action);
    return this;
  }

  /** Adds all that another feature adds. */
  Content addAll(Content other) {
    pages(other.pages);
    holes(other.holes);
    forOperators(other.forOperators);
    whenStarted.addAll(other.whenStarted);
    whenStopping.addAll(other.whenStopping);
    return this;
  }

  List<PageRoute> pages() {
    return pages;
  }

  Map<String, HoleFiller> holes() {
    return holes;
  }

  List<Route> forOperators() {
    return forOperators;
  }

  void started(int port) {
    whenStarted.forEach(action -> action.accept(port));
  }

  void stopping() {
    whenStopping.forEach(Runnable::run);
  }
}
