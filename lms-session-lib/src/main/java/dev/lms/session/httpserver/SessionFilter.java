package dev.lms.session.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.Session;
import dev.lms.session.Sessions;
import java.io.IOException;

/**
 * Gives every exchange a session, commits it once before the first byte of the response leaves, and
 * sends its cookie. Thread-safe.
 *
 * <p>Filters before this one see the plain exchange; filters and handlers after it get one whose
 * {@code sendResponseHeaders} commits. A response that sets the cookie is marked {@code no-store}.
 * If the store cannot be reached, {@code sendResponseHeaders} throws {@link
 * dev.lms.session.SessionStoreException} with nothing sent yet. What a handler that throws had
 * changed is not stored.
 */
public final class SessionFilter extends Filter {
  private final Sessions sessions;

  /** A filter over these sessions. */
  public SessionFilter(Sessions sessions) {
    this.sessions = sessions;
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
    Session session = sessions.open(exchange.getRequestHeaders().get("Cookie"));
    chain.doFilter(new SessionExchange(exchange, session));
  }

  @Override
  public String description() {
    return "sessions";
  }
}
