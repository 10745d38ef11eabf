import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.*;
import dev.lms.session.*;
import dev.lms.session.httpserver.SessionFilter;
import java.util.List;

public class Audit {
  /** Somebody else is a session of its own, over a MemorySessionStore. */
  static PageAudit<HttpExchange> over(Sessions standIns) {
    SessionFilter filter = new SessionFilter(standIns);
    return PageAudit.of(
        (exchange, asker, variant, render) -> {
          boolean stranger = variant.kind() == Variant.Kind.ANON;
          exchange.getRequestHeaders().set("Cookie", stranger ? "" : cookie(standIns, asker));
          filter.doFilter(exchange, new Filter.Chain(List.of(), render::run));
        });
  }

  private static String cookie(Sessions standIns, Asker asker) {
    Session session = standIns.open(List.of());
    session.signIn(new Principal("somebody-else", asker.roles()));
    session.commit();
    return session.setCookie().orElseThrow().split(";")[0];
  }
}
