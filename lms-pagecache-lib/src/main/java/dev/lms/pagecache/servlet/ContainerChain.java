// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.PageHandler;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.PageRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** The filters and the servlet behind the cache. */
final class ContainerChain implements PageHandler<HttpServletRequest> {
  private final HttpServletRequest request;
  private final ContainerRequest asked;
  private final ContainerAnswer answer;
  private final FilterChain chain;

  ContainerChain(
      HttpServletRequest request,
      ContainerRequest asked,
      ContainerAnswer answer,
      FilterChain chain) {
    this.request = request;
    this.asked = asked;
    this.answer = answer;
    this.chain = chain;
  }

  /** What a servlet threw that this interface does not name. */
  static final class Failure extends IOException {
    private static final long serialVersionUID = 1;

    private final transient ServletException cause;

    Failure(ServletException cause) {
      super(cause);
      this.cause = cause;
    }

    ServletException cause() {
      return cause;
    }
  }

  /** Containers leave open what a chain does the second time; most skip the filters. */
  @Override
  public boolean runsAgain() {
    return false;
  }

  @Override
  public void handle(PageRender render) throws IOException {
    boolean seesAll = render.request() == asked;
    ShownResponse shown = new ShownResponse(request, answer, render, !seesAll);
    try {
      chain.doFilter(
          seesAll
              ? new ShownRequest(request, render, shown)
              : new KeyedServletRequest(request, render, shown),
          shown);
    } catch (ServletException e) {
      throw new Failure(e);
    }
    shown.chainReturned();
  }

  @Override
  public HttpServletRequest showing(PageRequest other) {
    return new AskedRequest(request, other);
  }

  @Override
  public ContainerChain on(HttpServletRequest other) {
    return new ContainerChain(other, asked, answer, chain);
  }
}
