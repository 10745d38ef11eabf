// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.RequestTarget;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageAudit;
import dev.lms.pagecache.Variant;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import dev.lms.session.memory.MemorySessionStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Somebody else for whom the page audit renders: another stranger, or a person with the same roles,
 * by a session that is in no store of the site. Thread-safe.
 */
final class StandIns {
  private static final int KEY_BYTES = 32;
  private static final int MOST = 1_000;

  /** Sample accounts, so that pages about a person find something to say. */
  private static final List<String> STUDENTS = List.of("student1", "student2");

  private final Sessions sessions;
  private final SessionFilter filter;

  private StandIns() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    KeyRing keys = KeyRing.of(HexFormat.of().formatHex(key));
    this.sessions = Sessions.of(MemorySessionStore.open(keys, MOST), keys);
    this.filter = new SessionFilter(sessions);
  }

  /** An audit of all pages, but for the lab's slow one: it counts its renders itself. */
  static PageAudit<HttpExchange> audit() {
    return PageAudit.builder(new StandIns()::render).personalPages().build();
  }

  private void render(
      HttpExchange exchange, Asker asker, Variant variant, PageAudit.Render<HttpExchange> render)
      throws IOException {
    if (RequestTarget.of(exchange).path().startsWith("/lab-page/")) {
      return;
    }
    Filter.Chain handler = new Filter.Chain(List.of(), render::run);
    if (asker.isAnonymous()) {
      filter.doFilter(exchange, handler);
      return;
    }
    Session session = sessions.open(List.of());
    session.signIn(new Principal(otherThan(asker), asker.roles()));
    session.commit();
    try {
      String cookie = session.setCookie().orElseThrow();
      exchange.getRequestHeaders().set("Cookie", cookie.substring(0, cookie.indexOf(';')));
      filter.doFilter(exchange, handler);
    } finally {
      session.end();
    }
  }

  private static String otherThan(Asker asker) {
    if (!asker.roles().equals(Set.of("student"))) {
      return "somebody-else";
    }
    return STUDENTS.get(STUDENTS.get(0).equals(asker.id()) ? 1 : 0);
  }
}
