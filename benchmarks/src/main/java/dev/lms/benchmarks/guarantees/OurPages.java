// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** This project's filter in a server, with every page declared as shared. */
final class OurPages implements PagePeer {
  private static final String WHO = "X-Person";
  private static final int CACHE_BYTES = 1 << 22;

  private final RenderServer server;
  private final Client client = new Client();
  private final PageCache cache;

  /** How often this request looked at who asks. */
  private final ThreadLocal<Integer> looks = ThreadLocal.withInitial(() -> 0);

  OurPages(Renderer renderer) throws IOException {
    Clock clock = Clock.systemUTC();
    cache =
        PageCache.builder(new LocalPageStore(CACHE_BYTES, PurgeCounters.inProcess(), clock))
            .clock(clock)
            .build();
    PageRule shared = PageRule.shared(Duration.ofHours(1));
    server =
        new RenderServer(
            renderer,
            this::look,
            List.of(
                PageCacheFilter.builder(cache, exchange -> Optional.of(shared), OurPages::asker)
                    .personalReads(exchange -> looks.get())
                    .build()));
  }

  private static String who(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(WHO)).orElse("");
  }

  private static Asker asker(HttpExchange exchange) {
    String who = who(exchange);
    return who.isEmpty() ? Asker.ANONYMOUS : Asker.person(who);
  }

  private String look(HttpExchange exchange) {
    looks.set(looks.get() + 1);
    return who(exchange);
  }

  @Override
  public String get(String path, String person) throws Exception {
    return client.ask("GET", server.url(path), WHO, person);
  }

  @Override
  public void purge(String path) {
    cache.purgePath(path);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
