import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.*;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.session.*;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.httpserver.SessionFilter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.*;
import java.util.Optional;

public class News {
  public static void main(String[] args) throws Exception {
    var keys = KeyRing.of(System.getenv("SECRET_KEY"));
    var sessions = Sessions.of(FileSessionStore.open(Path.of("sessions"), keys), keys);
    var cache = PageCache.of(new LocalPageStore(64 << 20));
    var rule = Optional.of(PageRule.shared(Duration.ofSeconds(90)).withTags("news"));
    var pages = PageCacheFilter.builder(
            cache,
            exchange -> isHome(exchange) ? rule : Optional.empty(), // empty: never cached
            exchange -> SessionFilter.session(exchange).principal() // who is asking
                .map(person -> new Asker(person.id(), person.roles())).orElse(Asker.ANONYMOUS))
        .personalReads(exchange -> SessionFilter.session(exchange).uses())
        .hole("name", exchange -> SessionFilter.session(exchange).principal().map(Principal::id).orElse("stranger"))
        .build();
    var server = HttpServer.create(new InetSocketAddress("localhost", Integer.getInteger("port", 8080)), 0);
    var context = server.createContext("/", exchange -> {
      var method = exchange.getRequestMethod();
      if (!isHome(exchange) || !(method.equals("GET") || method.equals("HEAD"))) {
        // No success: after one, a method that is not known to be safe purges the page.
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(isHome(exchange) ? 405 : 404, -1);
        exchange.close();
        return;
      }
      var page = ("Hello " + PageCacheFilter.hole(exchange, "name") + ", here is the news").getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(200, method.equals("GET") ? page.length : -1);
      try (var body = exchange.getResponseBody()) { if (method.equals("GET")) body.write(page); }
    });
    context.getFilters().add(new SessionFilter(sessions)); // outside
    context.getFilters().add(pages); // inside
    server.start();
    // after a change:  cache.purge("news");
  }

  static boolean isHome(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().equals("/");
  }
}
