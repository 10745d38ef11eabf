package dev.lms.session.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.SessionStoreException;
import java.io.IOException;

/** Answers a request that failed because the session store cannot be reached. */
@FunctionalInterface
public interface OutageAnswer {
  /**
   * Sends a whole answer, or throws for a filter further out to answer. Nothing was sent yet;
   * headers that described the handler's answer are gone, and {@code Cache-Control} is {@code
   * no-store}.
   *
   * @param outage what is known; for the log, not for the visitor
   */
  void answer(HttpExchange exchange, SessionStoreException outage) throws IOException;
}
