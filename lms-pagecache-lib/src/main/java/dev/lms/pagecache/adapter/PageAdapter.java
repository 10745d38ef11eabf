// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.adapter;

import dev.lms.pagecache.Asker;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageHandler;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.PageRequest;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PageService;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Function;

/**
 * The page cache for servers without an adapter of their own. The program passes it each request;
 * what lies behind the cache answers through a {@link PageRender}, from what the program makes of a
 * {@link PageRequest}: that alone tells the cache what a page depends on. Whoever looks at the
 * server's request instead reports it with {@link PageRender#readsAll}. Thread-safe.
 *
 * @param <E> what the program makes of a request, for example a record of it and its session
 */
public final class PageAdapter<E> {
  private final PageService<E> pages;

  private PageAdapter(PageService<E> pages) {
    this.pages = pages;
  }

  /** What must happen before the first byte of an answer leaves, such as a commit. */
  @FunctionalInterface
  public interface BeforeAnswer {
    /**
     * Called once for each request that is answered. What it throws, {@link PageAdapter#serve}
     * throws, and nothing was sent.
     *
     * @param status the status code of the answer
     * @param fields takes what the answer must say besides, by {@link AnswerFields#tell}
     * @return the same status; or that of an answer without a body that is sent in its place
     */
    int before(int status, AnswerFields fields);
  }

  /** Begins an answer on a server. */
  @FunctionalInterface
  public interface Beginning {
    /**
     * Sends status and header fields. The fields hold the length of the body if it is known, so
     * that the server need not be told in another way.
     *
     * @param status the status code
     * @param fields the header fields
     * @param hasBody whether a body follows; none does for {@code HEAD}, which has its length still
     * @return where the body goes; closing it ends the answer, also one without a body
     * @throws IOException if the client has disconnected
     */
    OutputStream begin(int status, AnswerFields fields, boolean hasBody) throws IOException;
  }

  /**
   * What lies behind the cache.
   *
   * @param <E> what the program makes of a request
   */
  @FunctionalInterface
  public interface Program<E> {
    /**
     * Answers a request, with {@link PageRender#begin}, {@link PageRender#body} and {@link
     * PageRender#close}, before it returns. It may be called more than once for a request, and once
     * more on another thread after the request was answered.
     *
     * @param call what was made of the request as the program may see it
     * @param render where it answers
     * @throws IOException if it fails
     */
    void answer(E call, PageRender render) throws IOException;
  }

  /**
   * Starts to configure an adapter.
   *
   * @param cache the cache
   * @param rules finds the rule of a request's route; empty for pages that are never cached
   * @param who finds out who asks, before and after each render. If it throws, the request bypasses
   *     the cache: an unknown asker never counts as anonymous
   * @param <E> what the program makes of a request
   * @return a builder
   */
  public static <E> PageService.Builder<E, PageAdapter<E>> builder(
      PageCache cache, Function<E, Optional<PageRule>> rules, Function<E, Asker> who) {
    return ofRoutes(cache, call -> new NamedRule("", rules.apply(call)), who);
  }

  /**
   * Starts to configure an adapter that counts by route.
   *
   * @param cache the cache
   * @param rules finds the rule of a request's route, and the route's name
   * @param who finds out who asks, before and after each render. If it throws, the request bypasses
   *     the cache: an unknown asker never counts as anonymous
   * @param <E> what the program makes of a request
   * @return a builder
   */
  public static <E> PageService.Builder<E, PageAdapter<E>> ofRoutes(
      PageCache cache, Function<E, NamedRule> rules, Function<E, Asker> who) {
    return PageService.builder(cache, rules, who, PageAdapter::new);
  }

  /**
   * Answers a request, from the cache or by the program behind it. When this returns, the whole
   * answer was handed to the server.
   *
   * @param request what the client asks
   * @param calls makes of a request what the program wants to know of it; called for this one, and
   *     for what the program may see of it
   * @param program answers what the cache cannot
   * @param before what happens before the answer leaves
   * @param server begins the answer, at most once
   * @throws CutOffException if the answer had begun: close the connection
   * @throws IOException from the program, or if it did not answer; nothing was sent
   */
  public void serve(
      SentRequest request,
      Function<PageRequest, E> calls,
      Program<E> program,
      BeforeAnswer before,
      Beginning server)
      throws IOException {
    HeldAnswer answer = new HeldAnswer(request, before, server);
    try {
      pages.serve(calls.apply(request), request, answer, new Behind<>(calls, program));
      answer.finish();
    } catch (CutOffException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      if (answer.hasBegun()) {
        throw new CutOffException(e);
      }
      throw e;
    }
  }

  /** The program, as the cache runs it. */
  private record Behind<E>(Function<PageRequest, E> calls, Program<E> program)
      implements PageHandler<E> {
    @Override
    public void handle(PageRender render) throws IOException {
      program.answer(calls.apply(new WatchedRequest(render.request(), render)), render);
    }

    @Override
    public E showing(PageRequest request) {
      return calls.apply(request);
    }

    @Override
    public PageHandler<E> on(E call) {
      return new Behind<>(request -> call, program);
    }
  }
}
