// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.program;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.CacheStats;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.PageAudit;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PageService;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.testkit.LeakAssertions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P2: what a shared page says about one person is found in development. */
class PageAuditTest {
  private static final PageRule SHARED = PageRule.shared(Duration.ofMinutes(1));

  private final AtomicInteger renders = new AtomicInteger();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<PageAudit.Finding> reported = new ArrayList<>();

  /** Whom a handler can get hold of that goes past the session. */
  private final ThreadLocal<String> person = ThreadLocal.withInitial(() -> "");

  private long counted;
  private HttpServer server;
  private PageCache cache;

  private PageAudit<HttpExchange> audit(UnaryOperator<PageAudit.Builder<HttpExchange>> settings) {
    return settings
        .apply(
            PageAudit.<HttpExchange>builder(
                (exchange, asker, variant, render) -> {
                  String before = person.get();
                  person.set(variant.kind() == Variant.Kind.ANON ? "" : "bob");
                  exchange.setAttribute("person", person.get());
                  try {
                    render.run(exchange);
                  } finally {
                    person.set(before);
                  }
                }))
        .reportingTo(reported::add)
        .build();
  }

  private void serve(PageRule rule, Optional<PageAudit<HttpExchange>> audit, HttpHandler handler)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    cache = PageCache.of(new LocalPageStore(1 << 20));
    PageService.Builder<HttpExchange, PageCacheFilter> filter =
        PageCacheFilter.ofRoutes(
                cache,
                exchange -> new NamedRule("/course", Optional.of(rule)),
                exchange ->
                    person.get().isEmpty()
                        ? Asker.ANONYMOUS
                        : Asker.person(person.get(), "student"))
            .personalReads(exchange -> counted)
            .hole("menu", exchange -> person.get());
    audit.ifPresent(filter::auditedBy);
    HttpContext context =
        server.createContext(
            "/",
            exchange -> {
              renders.incrementAndGet();
              handler.handle(exchange);
            });
    context
        .getFilters()
        .add(
            Filter.beforeHandler(
                "who",
                exchange -> {
                  String name = exchange.getRequestHeaders().getFirst("X-User");
                  person.set(name == null ? "" : name);
                  exchange.setAttribute("person", person.get());
                }));
    context.getFilters().add(filter.build());
    server.start();
  }

  private String get(String path, String user) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
            .timeout(Duration.ofSeconds(20));
    if (!user.isEmpty()) {
      request.header("X-User", user);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    return answer.headers().firstValue("Cache-Status").orElse("");
  }

  private static void html(HttpExchange exchange, String html) throws IOException {
    byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** A name in a page that all signed-in people share: its place, its cause, and who reports it. */
  @Test
  void aNameInASharedPageIsFoundWithItsPlaceAndTheReadThatCausedIt() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(
        SHARED,
        Optional.of(audit),
        exchange ->
            html(
                exchange,
                "<html>\n<h1>Courses</h1>\n<p>Hello, "
                    + exchange.getAttribute("person")
                    + "!</p>\n"
                    + PageCacheFilter.hole(exchange, "menu")));
    assertEquals("lms; fwd=miss; stored; detail=auth", get("/courses", "ada"));
    assertEquals(1, audit.findings().size());
    PageAudit.Finding leak = audit.findings().get(0);
    PageAudit.Place place = leak.places().get(0);
    AssertionError failed =
        assertThrows(AssertionError.class, () -> LeakAssertions.assertNoLeaks(audit));
    assertAll(
        () -> assertTrue(leak.isLeak()),
        () -> assertEquals("/courses", leak.path()),
        () -> assertEquals(1, leak.places().size()),
        () -> assertEquals("line 3, column 11", place.at()),
        () -> assertEquals("<p>Hello, ", place.before()),
        () -> assertEquals("ada", place.seen()),
        () -> assertEquals("bob", place.seenByOther()),
        () ->
            assertTrue(
                leak.reads().get(0).startsWith("the attribute person in PageAuditTest."),
                () -> leak.reads().toString()),
        () -> assertEquals(List.of(leak), reported),
        () -> assertTrue(leak.toString().contains("line 3, column 11"), leak::toString),
        () -> assertTrue(!leak.toString().contains("ada"), "a log names nobody"),
        () -> assertTrue(failed.getMessage().contains("\"ada\" for one"), failed::getMessage));
  }

  /** Not through the exchange: a thread's local. */
  @Test
  void aPersonWhoIsKnownFromElsewhereIsFoundToo() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(SHARED, Optional.of(audit), exchange -> html(exchange, "<p>" + person.get() + "</p>"));
    get("/courses", "ada");
    assertEquals(List.of(), audit.findings().get(0).reads());
    assertTrue(audit.findings().get(0).toString().contains("knows the person from elsewhere"));
  }

  /** In a header field, and in the length of a list. */
  @Test
  void fieldsAndWholeLinesAreComparedToo() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(
        SHARED,
        Optional.of(audit),
        exchange -> {
          exchange.getResponseHeaders().set("X-Greets", person.get());
          html(exchange, "<ul>\n" + (person.get().equals("ada") ? "<li>Admin\n" : "") + "</ul>");
        });
    get("/courses", "ada");
    assertEquals(
        List.of("the field x-greets", "line 2, column 2"),
        audit.findings().get(0).places().stream().map(PageAudit.Place::at).toList());
  }

  /** Time, tokens and chance differ for the same person too. */
  @Test
  void whatChangesFromRenderToRenderIsNoLeak() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(
        SHARED,
        Optional.of(audit),
        exchange -> {
          exchange.getResponseHeaders().set("X-Trace", UUID.randomUUID().toString());
          html(
              exchange,
              "<p>"
                  + System.nanoTime()
                  + "</p><input value=\""
                  + UUID.randomUUID()
                  + "\"><p>"
                  + PageCacheFilter.hole(exchange, "menu"));
        });
    get("/courses", "ada");
    get("/courses", "");
    assertEquals(List.of(), audit.findings());
    assertEquals(2, audit.compared());
    LeakAssertions.assertNoLeaks(audit);
  }

  /** Beside a token that changes anyway. */
  @Test
  void aLeakBesideWhatChangesIsFound() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(
        SHARED,
        Optional.of(audit),
        exchange -> html(exchange, UUID.randomUUID() + " is the token of " + person.get()));
    get("/courses", "ada");
    assertEquals("ada", audit.findings().get(0).places().get(0).seen());
  }

  /** A page that is the same for everybody costs one more render, and nothing else is changed. */
  @Test
  void aCleanPageIsSilent() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(
        SHARED,
        Optional.of(audit),
        exchange -> html(exchange, "<p>Hi, " + PageCacheFilter.hole(exchange, "menu")));
    assertEquals("lms; fwd=miss; stored; detail=auth", get("/courses", "ada"));
    assertTrue(get("/courses", "bert").startsWith("lms; hit"));
    assertEquals(2, renders.get());
    assertEquals(List.of(), audit.findings());
    assertEquals(1, cache.stats().byVariant().get("auth").misses());
    LeakAssertions.assertNoLeaks(audit);
  }

  @Test
  void offMeansNoSecondRender() throws Exception {
    serve(SHARED, Optional.empty(), exchange -> html(exchange, person.get()));
    get("/courses", "ada");
    get("/courses", "");
    assertEquals(2, renders.get());
  }

  @Test
  void aShareOfTheRendersIsLookedAt() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings.share(0.25));
    serve(SHARED, Optional.of(audit), exchange -> html(exchange, "the same"));
    for (int i = 0; i < 8; i++) {
      get("/course/" + i, "");
    }
    assertEquals(2, audit.compared());
    assertEquals(10, renders.get());
  }

  /** What goes wrong for somebody else is theirs alone. */
  @Test
  void aHandlerThatFailsForSomebodyElseHurtsNobody() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(
        SHARED,
        Optional.of(audit),
        exchange -> {
          if (person.get().equals("bob")) {
            throw new IllegalStateException("bob has no account");
          }
          html(exchange, "<p>fine</p>");
        });
    assertEquals("lms; fwd=miss; stored; detail=auth", get("/courses", "ada"));
    assertEquals("the status", audit.findings().get(0).places().get(0).at());
  }

  /** A leak that was mended is not told any more. */
  @Test
  void aPageThatIsCleanNowIsNoFinding() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    AtomicInteger version = new AtomicInteger();
    serve(
        SHARED,
        Optional.of(audit),
        exchange -> html(exchange, version.get() == 0 ? person.get() : "mended"));
    get("/courses", "ada");
    assertEquals(1, audit.findings().size());
    version.incrementAndGet();
    cache.purgeAll();
    get("/courses", "ada");
    assertEquals(List.of(), audit.findings());
  }

  /** A test that asked for nothing proves nothing. */
  @Test
  void nothingComparedIsNoSuccess() throws Exception {
    PageAudit<HttpExchange> audit = audit(settings -> settings);
    serve(SHARED, Optional.of(audit), exchange -> html(exchange, "the same"));
    assertThrows(AssertionError.class, () -> LeakAssertions.assertNoLeaks(audit));
  }

  /** The handler asks who they are and prints no more than the name. */
  @Test
  void adviceSaysWhatPaysInWords() throws Exception {
    PageAudit<HttpExchange> audit = audit(PageAudit.Builder::personalPages);
    serve(
        SHARED,
        Optional.of(audit),
        exchange -> {
          counted++;
          html(exchange, "<h1>Course</h1>\n<p>Hello, " + person.get() + "</p>");
        });
    get("/course", "ada");
    assertEquals(List.of(false), audit.findings().stream().map(f -> f.isLeak()).toList());
    CacheStats.Counts counts =
        CacheStats.Counts.of(Map.of("hits", 100L, "misses", 4_000L), Duration.ZERO);
    CacheStats stats =
        new CacheStats(List.of(new CacheStats.Line("/course", "user", counts, Map.of())), 0, 0);
    assertEquals(
        List.of(
            "/course is person for 4,100 of 4,100; two people's pages differ in one place (line 2, column"
                + " 11, after “<p>Hello,”): make it a hole"),
        PageAudit.advice(stats, audit.findings()));
    assertEquals(List.of(), PageAudit.advice(new CacheStats(List.of(), 0, 0), audit.findings()));
  }
}
