package shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lms.session.*;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.util.*;

/** A cart of records, which two tabs cannot overwrite unseen. */
final class Cart implements HttpHandler {
  record Item(String name, int count) {}

  record Items(List<Item> all) {
    Items with(String name) {
      var counts = new TreeMap<String, Integer>();
      all.forEach(item -> counts.put(item.name(), item.count()));
      counts.merge(name, 1, Integer::sum);
      return new Items(counts.entrySet().stream().map(e -> new Item(e.getKey(), e.getValue())).toList());
    }
  }

  static final SessionKey.WithDefault<Items> ITEMS =
      SessionKey.json("cart", Items.class).merging(Merge.REJECT).orElse(new Items(List.of()));

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Session session = SessionFilter.session(exchange);
    if (exchange.getRequestMethod().equals("POST")) {
      add(exchange, session);
      return;
    }
    var html = new StringBuilder("<h1>Cart</h1>");
    for (Item item : session.get(ITEMS).all()) {
      html.append("<p>").append(item.count()).append(" x ").append(Web.escaped(item.name()));
    }
    html.append("<form method=post><input name=name>" + Web.token(session) + "<button>Add</button></form>");
    Web.page(exchange, 200, html.toString());
  }

  private static void add(HttpExchange exchange, Session session) throws IOException {
    var form = Web.form(exchange);
    if (!Web.isGenuine(session, form)) {
      Web.page(exchange, 403, "This form has expired");
      return;
    }
    session.set(ITEMS, session.get(ITEMS).with(form.getOrDefault("name", "")));
    Web.seeOther(exchange, "/cart"); // answers 409 instead if another tab was faster
  }
}
