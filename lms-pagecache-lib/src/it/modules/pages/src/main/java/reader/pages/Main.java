package reader.pages;

import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Two requests for one page, which is rendered once; then a purge, and a third. */
public class Main {
  public static void main(String[] args) throws Exception {
    Clock clock = Clock.systemUTC();
    PageCache cache = PageCache.builder(new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock)).clock(clock).build();
    PageRule rule = PageRule.shared(Duration.ofSeconds(90)).withTags("news");
    AtomicInteger renders = new AtomicInteger();

    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server
        .createContext(
            "/",
            exchange -> {
              byte[] page = Integer.toString(renders.incrementAndGet()).getBytes();
              exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
              exchange.sendResponseHeaders(200, page.length);
              try (var body = exchange.getResponseBody()) {
                body.write(page);
              }
            })
        .getFilters()
        .add(
            PageCacheFilter.builder(
                    cache, exchange -> Optional.of(rule), exchange -> Asker.ANONYMOUS)
                .personalReads(exchange -> 0) // nothing here is about anybody
                .build());
    server.start();

    URL page = URI.create("http://localhost:" + server.getAddress().getPort() + "/").toURL();
    String answers = read(page) + read(page);
    cache.purge("news");
    System.out.println("Pages: renders " + answers + read(page));
    System.exit(0);
  }

  private static String read(URL page) throws Exception {
    try (InputStream body = page.openStream()) {
      return new String(body.readAllBytes());
    }
  }
}
