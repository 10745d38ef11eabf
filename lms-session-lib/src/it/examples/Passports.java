import dev.lms.session.KeyRing;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import java.time.Duration;

public class Passports {
  static Sessions sessions(SessionStore store, KeyRing keys) {
    return Sessions.of(
        store, keys, SessionSettings.defaults().withPassport(Duration.ofMinutes(5)));
  }

  static SessionFilter filter(Sessions sessions) {
    return new SessionFilter(sessions, exchange -> {
      String path = exchange.getRequestURI().getPath();
      return path.startsWith("/articles/")
          ? OutagePolicy.PASSPORT_OR_ANONYMOUS
          : path.startsWith("/lessons/") ? OutagePolicy.PASSPORT : OutagePolicy.FAIL_CLOSED;
    });
  }

  static String banner(Session session) {
    return session.isOnPassport()
        ? "<p role=\"status\">We cannot check who you are just now, so you can read on, but not"
            + " change anything.</p>"
        : "";
  }
}
