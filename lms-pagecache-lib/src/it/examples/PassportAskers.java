import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.httpserver.SessionFilter;
import java.util.Optional;

public class PassportAskers {
  static Asker who(HttpExchange exchange) {
    Session session = SessionFilter.session(exchange);
    Optional<Principal> person = session.principal();
    if (session.treatedAsAnonymous()) {
      throw new IllegalStateException("nobody can tell who is asking");
    }
    return person
        .map(p -> session.isOnPassport()
            ? Asker.assumed(p.id(), p.roles())
            : new Asker(p.id(), p.roles()))
        .orElse(Asker.ANONYMOUS);
  }
}
