import dev.lms.session.OutagePolicy;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;

public class Articles {
  static SessionFilter filter(Sessions sessions) {
    return new SessionFilter(sessions, exchange ->
        exchange.getRequestURI().getPath().startsWith("/articles/")
            ? OutagePolicy.TREAT_AS_ANONYMOUS
            : OutagePolicy.FAIL_CLOSED);
  }
}
