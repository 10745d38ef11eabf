// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import dev.lms.pagecache.observation.PageObserver;
import dev.lms.pagecache.observation.PageObserver.Verdict;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What observers are told of one request, or of one render in the background. Their failures harm
 * nobody, and where there are none it costs nothing. For one thread.
 *
 * @param <O> what becomes of a request
 */
public final class Observation<O> {
  private static final System.Logger LOG = System.getLogger(PageObserver.class.getName());

  private static final Verdict NEVER_ANSWERED =
      new Verdict("bypass", "unknown", false, Optional.of("aborted"));

  private final List<PageObserver> observers;
  private final String route;
  private final Function<O, Verdict> verdicts;
  private List<PageObserver.Served> watching = List.of();
  private @Nullable O announced;

  /**
   * Creates it; nobody is told yet.
   *
   * @param observers who is told; may be empty
   * @param route the name of the route, from a bounded set
   * @param verdicts what is told of what becomes of the request
   */
  public Observation(List<PageObserver> observers, String route, Function<O, Verdict> verdicts) {
    this.observers = observers;
    this.route = route;
    this.verdicts = verdicts;
  }

  /**
   * Something that answers.
   *
   * @param <O> what becomes of it
   */
  @FunctionalInterface
  public interface Request<O> {
    /**
     * Answers.
     *
     * @return what became of it
     * @throws IOException from the handler, or if the client has disconnected
     */
    O serve() throws IOException;
  }

  /** A run of the handler. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Runs.
     *
     * @throws IOException from the handler
     */
    void run() throws IOException;
  }

  /**
   * Notes what the client is told; the last one counts if the request fails.
   *
   * @param outcome what {@code Cache-Status} says
   */
  public void announced(O outcome) {
    if (!observers.isEmpty()) {
      announced = outcome;
    }
  }

  /**
   * Tells that the request begins, and what the cache made of it.
   *
   * @param request answers
   * @return what became of it
   * @throws IOException as the request
   */
  public O watch(Request<O> request) throws IOException {
    if (observers.isEmpty()) {
      return request.serve();
    }
    watching = begun(observers, observer -> observer.begins(route));
    try {
      O outcome = request.serve();
      ended(verdicts.apply(outcome), Optional.empty());
      return outcome;
    } catch (Throwable e) { // Also what handlers in other languages throw without saying so.
      O last = announced;
      ended(last == null ? NEVER_ANSWERED : verdicts.apply(last), Optional.of(e));
      throw e;
    }
  }

  private void ended(Verdict verdict, Optional<Throwable> failure) {
    tell(watching, served -> served.ended(verdict, failure));
  }

  /**
   * Tells that the handler runs, and that it has ended.
   *
   * @param handler the handler
   * @throws IOException from the handler
   */
  public void watchRender(Handler handler) throws IOException {
    if (watching.isEmpty()) {
      handler.run();
      return;
    }
    List<PageObserver.Render> renders = begun(watching, PageObserver.Served::renders);
    try {
      handler.run();
    } catch (Throwable e) {
      tell(renders, render -> render.ended(Optional.of(e)));
      throw e;
    }
    tell(renders, render -> render.ended(Optional.empty()));
  }

  private static <T, R> List<R> begun(List<T> all, Function<T, R> begins) {
    List<R> begun = new ArrayList<>(all.size());
    for (T one : all) {
      try {
        begun.add(begins.apply(one));
      } catch (RuntimeException | Error e) {
        failed(one, e);
      }
    }
    return begun;
  }

  /** Who began last is told first: a span may have become the current one. */
  private static <T> void tell(List<T> all, Consumer<T> what) {
    for (int i = all.size() - 1; i >= 0; i--) {
      try {
        what.accept(all.get(i));
      } catch (RuntimeException | Error e) {
        failed(all.get(i), e);
      }
    }
  }

  private static void failed(Object observer, Throwable e) {
    LOG.log(
        Level.WARNING, "an observer of the page cache failed: " + observer.getClass().getName(), e);
  }
}
