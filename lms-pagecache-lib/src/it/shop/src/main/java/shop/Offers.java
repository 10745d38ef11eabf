package shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lms.pagecache.*;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.session.Principal;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.*;

/** A page that people of one role share, with holes for what is about one person; editors change it. */
final class Offers implements HttpHandler {
  private final PageCache cache;
  private volatile String offer = "Tea at half price"; // stands for your database

  Offers(PageCache cache) {
    this.cache = cache;
  }

  PageCacheFilter filter() {
    var rule = Optional.of(PageRule.perRole(Duration.ofMinutes(5)).withTags("offers"));
    return PageCacheFilter.builder(
            cache,
            exchange -> exchange.getRequestURI().getPath().equals("/offers") ? rule : Optional.empty(),
            exchange -> who(exchange).map(p -> new Asker(p.id(), p.roles())).orElse(Asker.ANONYMOUS))
        .personalReads(exchange -> SessionFilter.session(exchange).uses())
        .hole("name", exchange -> Web.escaped(who(exchange).map(Principal::id).orElse("stranger")))
        .hole("token", exchange -> Web.token(SessionFilter.session(exchange)))
        .build();
  }

  private static Optional<Principal> who(HttpExchange exchange) {
    return SessionFilter.session(exchange).principal();
  }

  /** Looks at no session: what differs by role is the variant's, what differs by person is a hole's. */
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Variant variant = PageCacheFilter.variant(exchange);
    boolean stranger = variant.kind() == Variant.Kind.ANON; // whoever is signed in may have no roles
    String token = PageCacheFilter.hole(exchange, "token");
    var html = new StringBuilder("<h1>Offers</h1><p>Hello " + PageCacheFilter.hole(exchange, "name") + "</p>");
    html.append(stranger ? "<p>Members see our offers.</p>" : "<p>" + Web.escaped(offer) + "</p>");
    if (variant.names().contains("editor")) {
      html.append("<form method=post action=/edit><input name=offer>" + token + "<button>Change</button></form>");
    }
    html.append(stranger ? "<a href=/sign-in>Sign in</a>"
        : "<form method=post action=/sign-out>" + token + "<button>Sign out</button></form>");
    Web.page(exchange, 200, html.toString());
  }

  void edit(HttpExchange exchange) throws IOException {
    var form = Web.form(exchange);
    boolean mayEdit = who(exchange).filter(person -> person.roles().contains("editor")).isPresent();
    if (!mayEdit || !Web.isGenuine(SessionFilter.session(exchange), form)) {
      Web.page(exchange, 403, "Only editors change offers");
      return;
    }
    offer = form.getOrDefault("offer", "");
    cache.purge("offers"); // when it has returned, nobody gets an older page
    Web.seeOther(exchange, "/offers");
  }
}
