package reader.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.KeyRing;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import dev.lms.session.testkit.RecordedExchange;
import dev.lms.session.testkit.SignedIn;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A page, tested with the test kit: no server, no sign-in form. */
class VisitsTest {
  private final KeyRing keys = KeyRing.of("a reader's secret, at least 32 characters");
  private final Sessions sessions = Sessions.of(new MapStore(new ConcurrentHashMap<>(), keys), keys);

  @Test
  void countsTheVisitsOfAPerson() throws Exception {
    String cookie = SignedIn.cookie(sessions, "ann");
    assertEquals("ann 1", visit(cookie));
    assertEquals("ann 2", visit(cookie));
  }

  private String visit(String cookie) throws Exception {
    return RecordedExchange.get("/")
        .with("Cookie", cookie)
        .through(
            exchange -> {
              var session = SessionFilter.session(exchange);
              var page = session.principal().orElseThrow().id() + " " + session.add("visits", 1);
              exchange.sendResponseHeaders(200, page.length());
              exchange.getResponseBody().write(page.getBytes());
            },
            new SessionFilter(sessions))
        .body();
  }
}
