// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.CommitOutcome;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.TokenHeader.AnswerField;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives every exchange a session, commits it once before the first byte of the response leaves, and
 * sends its cookie. Thread-safe.
 *
 * <p>Filters before this one see the original exchange; filters and handlers after it see one whose
 * {@code sendResponseHeaders} commits. A response that sets the cookie is marked {@code no-store}.
 *
 * <p>A response never claims a success if changes that had to be kept are not stored:
 *
 * <ul>
 *   <li>If a handler throws, or answers with 500 or above (for example because the program catches
 *       exceptions itself), its changes are not stored. What it {@linkplain Session#commit()
 *       committed} itself remains.
 *   <li>If the commit throws, so does {@code sendResponseHeaders}. The changes are dropped and the
 *       session commits no more; the program may still send an answer that claims no success.
 *   <li>If changes are not stored because of a {@linkplain CommitOutcome#CONFLICT conflict}, a
 *       {@linkplain CommitOutcome#REFUSED limit}, or a session that has {@linkplain
 *       CommitOutcome#GONE ended}, an answer below 400 is replaced: by 409, 403 and 409, or as an
 *       {@link UnsavedAnswer} decides. The handler's body is discarded; a handler that streams gets
 *       an {@link IOException}, as if the client had disconnected. A handler that commits itself
 *       decides for itself.
 *   <li>Changes after {@code sendResponseHeaders} are not stored, unless the handler commits
 *       itself; a warning is logged once for each path.
 * </ul>
 *
 * <p>While the store cannot be reached, {@link OutagePolicy} decides about each request. A request
 * that fails, also if the {@link SessionStoreException} is the cause of another exception, is
 * answered with 503 and {@code Retry-After}, or as an {@link OutageAnswer} decides. If its answer
 * had begun, the exception is rethrown, and the server closes the connection.
 */
public final class SessionFilter extends Filter {
  private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());
  private static final int MOST_WARNINGS = 100;
  private static final int MOST_CAUSES = 100;

  private final Sessions sessions;
  private final Function<HttpExchange, OutagePolicy> policy;
  private final OutageAnswer outageAnswer;
  private final UnsavedAnswer unsavedAnswer;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * Creates a filter that fails every request in an outage.
   *
   * @param sessions the sessions of the site
   */
  public SessionFilter(Sessions sessions) {
    this(sessions, exchange -> OutagePolicy.FAIL_CLOSED);
  }

  /**
   * Creates a filter that decides for each request what becomes of it in an outage.
   *
   * @param sessions the sessions of the site
   * @param policy decides by method and path; asked for {@code GET} and {@code HEAD} only, every
   *     other request fails
   */
  public SessionFilter(Sessions sessions, Function<HttpExchange, OutagePolicy> policy) {
    this(sessions, policy, InsteadOfAnswer::unavailable);
  }

  /**
   * Creates a filter with an answer of the program's own for requests that fail in an outage.
   *
   * @param sessions the sessions of the site
   * @param policy decides by method and path; asked for {@code GET} and {@code HEAD} only, every
   *     other request fails
   * @param outageAnswer answers requests that fail
   */
  public SessionFilter(
      Sessions sessions, Function<HttpExchange, OutagePolicy> policy, OutageAnswer outageAnswer) {
    this(sessions, policy, outageAnswer, InsteadOfAnswer::unsaved);
  }

  /**
   * Creates a filter with answers of the program's own for requests that fail in an outage and for
   * those whose changes are not stored.
   *
   * @param sessions the sessions of the site
   * @param policy decides by method and path; asked for {@code GET} and {@code HEAD} only, every
   *     other request fails
   * @param outageAnswer answers requests that fail
   * @param unsavedAnswer answers requests whose changes are not stored
   */
  public SessionFilter(
      Sessions sessions,
      Function<HttpExchange, OutagePolicy> policy,
      OutageAnswer outageAnswer,
      UnsavedAnswer unsavedAnswer) {
    this.sessions = sessions;
    this.policy = policy;
    this.outageAnswer = outageAnswer;
    this.unsavedAnswer = unsavedAnswer;
  }

  /**
   * {@return the session of an exchange, which further exchanges may wrap}
   *
   * @param exchange the exchange that a filter or handler after this one was given
   * @throws IllegalStateException if the exchange did not pass through a {@code SessionFilter}
   */
  public static Session session(HttpExchange exchange) {
    if (exchange.getAttribute(SessionExchange.SESSION) instanceof Session session) {
      return session;
    }
    throw new IllegalStateException("add a SessionFilter to this exchange's context");
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    Session session = sessions.openRequest(exchange.getRequestHeaders()::get, policyOf(exchange));
    SessionExchange ours = new SessionExchange(this, exchange, session);
    try {
      chain.doFilter(ours.asItWas());
    } catch (Throwable failure) {
      ours.handled();
      if (!isAnswered(exchange, ours, session, failure)) {
        throw failure;
      }
      return;
    }
    ours.handled();
    if (ours.wasChangedTooLate()) {
      warn(exchange);
    }
  }

  /** Answers a request that failed, if that is ours to do. */
  private boolean isAnswered(
      HttpExchange exchange, SessionExchange ours, Session session, Throwable failure)
      throws IOException {
    if (ours.isReplaced() && isAboutNobody(failure)) {
      LOG.log(Level.DEBUG, "wrote on after another answer was sent: {0}", failure.toString());
      return true;
    }
    if (ours.isBegun()) {
      return false;
    }
    Optional<SessionStoreException> outage =
        causes(failure)
            .filter(SessionStoreException.class::isInstance)
            .map(SessionStoreException.class::cast)
            .findFirst();
    if (outage.isPresent()) {
      answer(exchange, session, outage.get());
      return true;
    }
    // Whoever answers in our stead tells about the commits that stand.
    Headers headers = exchange.getResponseHeaders();
    List<AnswerField> fields = session.answerFields();
    if (!fields.isEmpty()) {
      InsteadOfAnswer.tell(headers, fields);
      InsteadOfAnswer.forbidStorage(headers);
    }
    return false;
  }

  /** The handler has no client any more: whatever it does about that is done. */
  private static boolean isAboutNobody(Throwable failure) {
    return failure instanceof IOException
        || causes(failure).anyMatch(SessionBody.NobodyReads.class::isInstance);
  }

  /** The failure and what caused it, as far as anybody would look; causes may go in circles. */
  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.<@Nullable Throwable>iterate(
            failure, Objects::nonNull, cause -> cause == null ? null : cause.getCause())
        .limit(MOST_CAUSES)
        .map(Objects::requireNonNull);
  }

  void answer(HttpExchange exchange, Session session, SessionStoreException outage)
      throws IOException {
    InsteadOfAnswer.clear(exchange.getResponseHeaders(), session.answerFields());
    outageAnswer.answer(exchange, outage);
  }

  void answer(HttpExchange exchange, Session session, CommitOutcome unkept) throws IOException {
    InsteadOfAnswer.clear(exchange.getResponseHeaders(), session.answerFields());
    unsavedAnswer.answer(exchange, unkept);
    if (exchange.getResponseCode() == -1) {
      InsteadOfAnswer.unsaved(exchange, unkept);
    }
  }

  private OutagePolicy policyOf(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    boolean reads = method.equals("GET") || method.equals("HEAD");
    return reads ? policy.apply(exchange) : OutagePolicy.FAIL_CLOSED;
  }

  private void warn(HttpExchange exchange) {
    String route = exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath();
    if (warned.size() < MOST_WARNINGS && warned.add(route)) {
      LOG.log(
          Level.WARNING,
          "{0} changed its session after sendResponseHeaders, and that is lost: change it before",
          route);
    }
  }

  @Override
  public String description() {
    return "sessions";
  }
}
