// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import dev.lms.session.Session;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/** The token of the session in Spring Security's forms, as the documents show it. */
final class SessionCsrfTokens implements CsrfTokenRepository {
  @Override
  public CsrfToken loadToken(HttpServletRequest request) {
    return SessionFilter.session(request).csrfToken().map(SessionCsrfTokens::token).orElse(null);
  }

  /** For a stranger: a page that shows a form begins a session, a post without one does not. */
  @Override
  public CsrfToken generateToken(HttpServletRequest request) {
    Session session = SessionFilter.session(request);
    if (request.getMethod().equals("GET")) {
      session.set("form", "shown");
      session.commit();
    }
    return token(session.csrfToken().orElseGet(() -> UUID.randomUUID().toString()));
  }

  /** Of a client that sends its session in a header, which no other site can have a browser do. */
  static boolean isNeedless(HttpServletRequest request) {
    return SessionFilter.session(request).csrfMatches("");
  }

  private static CsrfToken token(String text) {
    return new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", text);
  }

  /** It comes from the session's id and is stored nowhere. */
  @Override
  public void saveToken(CsrfToken token, HttpServletRequest asked, HttpServletResponse answer) {}
}
