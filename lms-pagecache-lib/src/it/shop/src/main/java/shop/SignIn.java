package shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lms.session.*;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.*;

/** Signs people in, for a day or for a month. */
final class SignIn implements HttpHandler {
  /** Stands for your own accounts; everybody's password is "secret". */
  private static final Map<String, Principal> PEOPLE =
      Map.of(
          "ann", new Principal("ann", Set.of("member")),
          "bob", new Principal("bob", Set.of("member")),
          "eve", new Principal("eve", Set.of("editor")));

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Session session = SessionFilter.session(exchange);
    if (!exchange.getRequestMethod().equals("POST")) {
      Web.page(exchange, 200, "<h1>Sign in</h1><form method=post>" + Web.token(session)
          + "<input name=name><input name=password type=password>"
          + "<label><input name=remember type=checkbox> Remember me</label><button>Sign in</button></form>");
      return;
    }
    var form = Web.form(exchange);
    Principal person = PEOPLE.get(form.get("name"));
    if (!Web.isGenuine(session, form) || person == null || !"secret".equals(form.get("password"))) {
      Web.page(exchange, 403, "That did not work. <a href=/sign-in>Again</a>");
      return;
    }
    session.signIn(
        person,
        form.containsKey("remember")
            ? SignInOptions.rememberedFor(Duration.ofDays(30))
            : SignInOptions.defaults());
    Web.seeOther(exchange, "/offers");
  }

  static void out(HttpExchange exchange) throws IOException {
    Session session = SessionFilter.session(exchange);
    if (exchange.getRequestMethod().equals("POST") && Web.isGenuine(session, Web.form(exchange))) {
      session.end();
    }
    Web.seeOther(exchange, "/offers");
  }
}
