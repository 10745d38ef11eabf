// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.jfr;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.observation.PageObserver;
import java.util.Optional;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Tells the JDK's Flight Recorder of the requests of a page cache: an event {@code
 * dev.lms.pagecache.PageRequest} for each, with what the cache made of it, and an event {@code
 * dev.lms.pagecache.PageRender} for each run of a handler. No field names a person, a path or a
 * part of a key. While no recording asks for the events, a request costs a look at a flag.
 */
public final class PageJfr {
  /** A run of a handler that nobody records. */
  private static final PageObserver.Render UNRECORDED = failure -> {};

  /** A request of which nobody records anything. */
  private static final PageObserver.Served UNSEEN = new Unseen();

  private PageJfr() {}

  /**
   * Has requests recorded from when the cache is built.
   *
   * @param cache the cache to be built
   * @return the same builder
   */
  public static PageCache.Builder addTo(PageCache.Builder cache) {
    return cache.observer(PageJfr::begins);
  }

  static PageObserver.Served begins(String route) {
    PageRequest event = new PageRequest();
    if (!event.isEnabled() && !new PageRender().isEnabled()) {
      return UNSEEN;
    }
    event.begin();
    return new Request(route, event);
  }

  private static @Nullable Class<?> classOf(Optional<Throwable> failure) {
    return failure.<Class<?>>map(Throwable::getClass).orElse(null);
  }

  private record Unseen() implements PageObserver.Served {
    @Override
    public PageObserver.Render renders() {
      return UNRECORDED;
    }

    @Override
    public void ended(PageObserver.Verdict verdict, Optional<Throwable> failure) {}
  }

  private record Request(String route, PageRequest event) implements PageObserver.Served {
    @Override
    public PageObserver.Render renders() {
      PageRender render = new PageRender();
      if (!render.isEnabled()) {
        return UNRECORDED;
      }
      render.begin();
      return failure -> {
        render.end();
        if (render.shouldCommit()) {
          render.route = route;
          render.failure = classOf(failure);
          render.commit();
        }
      };
    }

    @Override
    public void ended(PageObserver.Verdict verdict, Optional<Throwable> failure) {
      event.end();
      if (event.shouldCommit()) {
        event.route = route;
        event.result = verdict.result();
        event.variant = verdict.variant();
        event.stored = verdict.stored();
        event.reason = verdict.reason().orElse(null);
        event.failure = classOf(failure);
        event.commit();
      }
    }
  }

  /** As recordings show it. */
  @Name("dev.lms.pagecache.PageRequest")
  @Label("Page Request")
  @Category({"Sessions and Pages", "Pages"})
  @Description("A request, from when it reached the page cache until its answer was sent")
  @StackTrace(false)
  static final class PageRequest extends Event {
    @Label("Route")
    @Nullable String route;

    @Label("Result")
    @Description("hit, stale, collapsed, miss, bypass or background")
    @Nullable String result;

    @Label("Variant")
    @Description("What those have in common who would share the page")
    @Nullable String variant;

    @Label("Stored")
    boolean stored;

    @Label("Reason")
    @Description("Why it neither came from the cache nor was stored")
    @Nullable String reason;

    @Label("Failure")
    @Nullable Class<?> failure;
  }

  /** As recordings show it. */
  @Name("dev.lms.pagecache.PageRender")
  @Label("Page Render")
  @Category({"Sessions and Pages", "Pages"})
  @Description("A run of a handler behind the page cache")
  @StackTrace(false)
  static final class PageRender extends Event {
    @Label("Route")
    @Nullable String route;

    @Label("Failure")
    @Nullable Class<?> failure;
  }
}
