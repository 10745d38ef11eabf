// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.Request;
import dev.lms.session.Session;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionListener;
import dev.lms.session.Sessions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Gives sessions other ids, and counts how often an old one is used afterwards. Thread-safe. */
final class RotatedIds implements SessionListener {
  private final AtomicInteger reports = new AtomicInteger();
  private final Sessions sessions;

  RotatedIds(Function<SessionListener, Sessions> withoutGrace) {
    sessions = withoutGrace.apply(this);
  }

  @Override
  public void reused(SessionEvent session) {
    reports.incrementAndGet();
  }

  private Session session(Request request) {
    return sessions.open(request.exchange().getRequestHeaders().getOrDefault("Cookie", List.of()));
  }

  /** Another id for the session of this request. */
  void rotate(Request request) throws IOException {
    Session session = session(request);
    session.rotate();
    session.commit();
    session.setCookie().ifPresent(cookie -> request.header("Set-Cookie", cookie));
    request.text(200, "rotated");
  }

  /** Whether the session of this request is there, and if not, whether that was reported. */
  void use(Request request) throws IOException {
    int before = reports.get();
    boolean alive = session(request).exists();
    request.text(200, alive ? "alive" : reports.get() > before ? "reported" : "dead");
  }
}
