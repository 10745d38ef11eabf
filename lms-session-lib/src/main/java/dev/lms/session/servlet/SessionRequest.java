// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;

/** A request that goes on with our response where it goes on in other threads. */
final class SessionRequest extends HttpServletRequestWrapper {
  private final SessionResponse ours;

  SessionRequest(HttpServletRequest request, SessionResponse ours) {
    super(request);
    this.ours = ours;
  }

  /** The container's own would go on with its own response, past the commit. */
  @Override
  public AsyncContext startAsync() {
    return startAsync(this, ours);
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    AsyncContext async = super.startAsync(request, response);
    async.addListener(new Finish());
    return new CommittingAsync(async, ours);
  }

  @Override
  public AsyncContext getAsyncContext() {
    return new CommittingAsync(super.getAsyncContext(), ours);
  }

  /** What was dispatched ends here. */
  private final class Finish implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) throws IOException {
      ours.finish();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      ours.abandon();
    }

    @Override
    public void onError(AsyncEvent event) {
      ours.abandon();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }
}
