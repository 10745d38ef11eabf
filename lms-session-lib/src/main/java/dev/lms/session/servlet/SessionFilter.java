// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.servlet;

import dev.lms.session.CommitOutcome;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.answer.Instead;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Gives every request a session, commits it before the first byte of the response leaves, and sends
 * its cookie or token. Thread-safe. Register it before all filters and servlets that use sessions,
 * with {@code asyncSupported}, for all dispatcher types: some containers end a response when a
 * forward returns. It has nothing to do with {@code HttpSession}.
 *
 * <p>A response that hands out a session is marked {@code no-store}. It never claims a success if
 * changes that had to be kept are not stored:
 *
 * <ul>
 *   <li>If a servlet throws, or answers with 500 or above, its changes are not stored.
 *   <li>If changes are not stored because of a {@linkplain CommitOutcome#CONFLICT conflict}, a
 *       {@linkplain CommitOutcome#REFUSED limit}, or a session that has {@linkplain
 *       CommitOutcome#GONE ended}, an answer below 400 is replaced: by 409, 403 and 409. What the
 *       servlet writes is discarded.
 *   <li>Changes after the response is {@linkplain HttpServletResponse#isCommitted() committed} are
 *       not stored, unless the servlet commits itself; a warning is logged once for each path.
 * </ul>
 *
 * <p>While the store cannot be reached, {@link OutagePolicy} decides about each request. One that
 * fails is answered with 503 and {@code Retry-After}; if its response was committed, the exception
 * is rethrown.
 */
public final class SessionFilter implements Filter {
  private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());
  private static final String SESSION = SessionFilter.class.getName();
  private static final int MOST_WARNINGS = 100;

  private final Sessions sessions;
  private final Function<HttpServletRequest, OutagePolicy> policy;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * Creates a filter that fails every request in an outage.
   *
   * @param sessions the sessions of the site
   */
  public SessionFilter(Sessions sessions) {
    this(sessions, request -> OutagePolicy.FAIL_CLOSED);
  }

  /**
   * Creates a filter that decides for each request what becomes of it in an outage.
   *
   * @param sessions the sessions of the site
   * @param policy decides by method and path; asked for {@code GET} and {@code HEAD} only, every
   *     other request fails
   */
  public SessionFilter(Sessions sessions, Function<HttpServletRequest, OutagePolicy> policy) {
    this.sessions = sessions;
    this.policy = policy;
  }

  /**
   * {@return the session of a request, the same in all its dispatches}
   *
   * @param request a request that passed this filter, however it is wrapped
   * @throws IllegalStateException if it passed none
   */
  public static Session session(ServletRequest request) {
    if (request.getAttribute(SESSION) instanceof Session session) {
      return session;
    }
    throw new IllegalStateException("register a SessionFilter for this request's path");
  }

  @Override
  public void doFilter(ServletRequest sent, ServletResponse answered, FilterChain chain)
      throws IOException, ServletException {
    if (!(sent instanceof HttpServletRequest request)
        || !(answered instanceof HttpServletResponse response)) {
      chain.doFilter(sent, answered);
      return;
    }
    Optional<SessionResponse> outer = SessionResponse.in(response);
    if (outer.isPresent()) {
      chain.doFilter(sent, answered);
      DispatcherType type = request.getDispatcherType();
      boolean ends = type == DispatcherType.FORWARD || type == DispatcherType.ASYNC;
      if (ends && !request.isAsyncStarted()) {
        outer.get().finish(); // The container ends the response now, not when the request ends.
      }
      return;
    }
    Session session = sessionOf(request);
    SessionResponse ours = new SessionResponse(this, request, response, session);
    SessionRequest shown = new SessionRequest(request, ours);
    try {
      chain.doFilter(shown, ours);
      if (!shown.isAsyncStarted()) {
        ours.finish();
      }
    } catch (Throwable failure) {
      if (!isAnswered(ours, session, failure)) {
        throw failure;
      }
    } finally {
      ours.handled();
    }
  }

  private Session sessionOf(HttpServletRequest request) {
    if (request.getAttribute(SESSION) instanceof Session before) {
      return before;
    }
    String method = request.getMethod();
    boolean reads = method.equals("GET") || method.equals("HEAD");
    Session session =
        sessions.openRequest(
            name -> Collections.list(request.getHeaders(name)),
            reads ? policy.apply(request) : OutagePolicy.FAIL_CLOSED);
    request.setAttribute(SESSION, session);
    return session;
  }

  private static boolean isAnswered(SessionResponse ours, Session session, Throwable failure)
      throws IOException {
    if (ours.isReplaced()) {
      LOG.log(Level.DEBUG, "wrote on after another answer was sent: {0}", failure.toString());
      return failure instanceof IOException
          || Instead.causes(failure).anyMatch(NobodyReads.class::isInstance);
    }
    session.dropChanges();
    if (ours.isCommitted()) {
      return false;
    }
    Optional<SessionStoreException> outage = Instead.outageIn(failure);
    if (outage.isPresent()) {
      ours.fails(outage.get());
      return true;
    }
    ours.tell(); // Whoever answers in our stead tells of the commits that stand.
    return false;
  }

  void warn(HttpServletRequest request) {
    String route = request.getMethod() + " " + request.getRequestURI();
    if (warned.size() < MOST_WARNINGS && warned.add(route)) {
      LOG.log(
          Level.WARNING,
          "{0} changed its session after its response was committed, and that is lost: change it"
              + " before",
          route);
    }
  }
}
