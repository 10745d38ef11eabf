// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.PageRender;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request whose answer goes where the cache wants it. */
class ShownRequest extends HttpServletRequestWrapper {
  /** Leads from a servlet's request, also when it was wrapped once more, to its render. */
  static final String RENDER = PageRender.class.getName();

  private final PageRender render;
  private final ShownResponse answer;

  ShownRequest(HttpServletRequest request, PageRender render, ShownResponse answer) {
    super(request);
    this.render = render;
    this.answer = answer;
    answer.isIncluded(() -> super.getDispatcherType() == DispatcherType.INCLUDE);
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    if (name.equals(RENDER)) {
      return render;
    }
    render.readsAttribute(name);
    return super.getAttribute(name);
  }

  /** The container's own would go on with its own response. */
  @Override
  public AsyncContext startAsync() {
    return startAsync(this, answer);
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    AsyncContext async = super.startAsync(request, response);
    render.answersElsewhere();
    async.addListener(answer.listener());
    return new ShownAsync(async, answer);
  }

  @Override
  public AsyncContext getAsyncContext() {
    return new ShownAsync(super.getAsyncContext(), answer);
  }

  @Override
  public <T extends HttpUpgradeHandler> T upgrade(Class<T> type)
      throws IOException, ServletException {
    render.answersElsewhere();
    answer.goesPast();
    return super.upgrade(type);
  }
}
