package dev.lms.session.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Gives every exchange a session, commits it once before the first byte of the response leaves, and
 * sends its cookie. Thread-safe.
 *
 * <p>Filters before this one see the plain exchange; filters and handlers after it get one whose
 * {@code sendResponseHeaders} commits. A response that sets the cookie is marked {@code no-store}.
 * What a handler that throws had changed is not stored. Nor is what a handler changes after {@code
 * sendResponseHeaders}, unless it calls {@link Session#commit()} itself: that is logged as a
 * warning, once for each path.
 *
 * <p>While the store cannot be reached, each request fares as its {@link OutagePolicy} says. One
 * that fails is answered with 503 and {@code Retry-After}, or as {@link #SessionFilter(Sessions,
 * Function, OutageAnswer)} is told. If the answer had begun, {@link SessionStoreException} is
 * thrown on, and the server cuts the connection.
 */
public final class SessionFilter extends Filter {
  private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());
  private static final int RETRY_AFTER_SECONDS = 5;
  private static final int MOST_WARNINGS = 100;
  private static final Set<String> OF_THE_LOST_ANSWER =
      Set.of("Etag", "Last-modified", "Expires", "Location", "Cache-tag", "Set-cookie");

  private final Sessions sessions;
  private final Function<HttpExchange, OutagePolicy> policy;
  private final OutageAnswer outageAnswer;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /** A filter over these sessions; in an outage every request fails closed. */
  public SessionFilter(Sessions sessions) {
    this(sessions, exchange -> OutagePolicy.FAIL_CLOSED);
  }

  /**
   * A filter that asks for each request what becomes of it in an outage.
   *
   * @param policy looks at method and path; {@link OutagePolicy#TREAT_AS_ANONYMOUS} is taken for
   *     {@code GET} and {@code HEAD} only
   */
  public SessionFilter(Sessions sessions, Function<HttpExchange, OutagePolicy> policy) {
    this(sessions, policy, SessionFilter::unavailable);
  }

  /** The same, with an answer of one's own for requests that fail. */
  public SessionFilter(
      Sessions sessions, Function<HttpExchange, OutagePolicy> policy, OutageAnswer outageAnswer) {
    this.sessions = sessions;
    this.policy = policy;
    this.outageAnswer = outageAnswer;
  }

  /**
   * The session of an exchange, also through further exchanges wrapped around ours.
   *
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
    Session session = sessions.open(exchange.getRequestHeaders().get("Cookie"), policyOf(exchange));
    SessionExchange ours = new SessionExchange(exchange, session);
    try {
      chain.doFilter(ours);
    } catch (SessionStoreException e) {
      if (exchange.getResponseCode() != -1) {
        throw e;
      }
      outageAnswer.answer(exchange, e);
      return;
    }
    if (ours.wasChangedTooLate()) {
      warn(exchange);
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

  private static void unavailable(HttpExchange exchange, SessionStoreException outage)
      throws IOException {
    // That the store is not even asked is told once, where the outage begins.
    Level level = outage.getCause() == null ? Level.DEBUG : Level.WARNING;
    LOG.log(level, "answered with 503: {0}", outage.getMessage());
    byte[] text =
        "The site cannot look up sessions just now. Please try again in a moment.\n"
            .getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    // What filters further out have said stays; what described another answer goes.
    headers
        .keySet()
        .removeIf(name -> name.startsWith("Content-") || OF_THE_LOST_ANSWER.contains(name));
    headers.set("Content-Type", "text/plain; charset=utf-8");
    headers.set("Cache-Control", "no-store");
    headers.set("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(text.length));
      exchange.sendResponseHeaders(503, -1);
    } else {
      exchange.sendResponseHeaders(503, text.length);
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(text);
      }
    }
    exchange.close();
  }

  @Override
  public String description() {
    return "sessions";
  }
}
