// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.ErrorFilter;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.http.Route;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.view.PageRoute;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.session.CommitOutcome;
import dev.lms.session.KeyRing;
import dev.lms.session.Merge;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The filters of the site as they stand, around pages whose sessions keep nothing. */
class KnownProblemsTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final SessionKey<String> SEAT = SessionKey.text("seat").merging(Merge.REJECT);

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Sessions sessions;
  private WebServer server;

  @BeforeEach
  void start() throws IOException {
    sessions =
        Sessions.builder(FileSessionStore.open(folder.resolve("sessions"), KEYS), KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(Clock.systemUTC())
            .build();
    Optional<PageRule> shared = Optional.of(PageRule.shared(Duration.ofSeconds(90)));
    Site site =
        new Site(
            List.of(
                new PageRoute(Route.post("/seat", r -> take(r.exchange())), Optional.empty()),
                new PageRoute(
                    Route.post(
                        "/thrown",
                        request -> {
                          SessionFilter.session(request.exchange()).set("kept", "1");
                          throw HttpProblem.forbidden("not you");
                        }),
                    Optional.empty()),
                new PageRoute(
                    Route.get(
                        "/wrapped",
                        request -> {
                          throw new CompletionException(new SessionStoreException("away"));
                        }),
                    shared)),
            List.of(),
            false,
            Optional::empty,
            (exchange, problem) -> problem.detail());
    PageCache cache =
        PageCache.builder(new LocalPageStore(1 << 20, PurgeCounters.inProcess(), Clock.systemUTC()))
            .clock(Clock.systemUTC())
            .build();
    server =
        WebServer.start(
            HttpProvider.JDK,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(
                new ErrorFilter(KnownProblems::of, (exchange, problem) -> problem.detail()),
                new SessionFilter(
                    sessions,
                    exchange -> OutagePolicy.FAIL_CLOSED,
                    KnownProblems.OUTAGE,
                    KnownProblems.UNSAVED),
                site.cacheFilter(cache, Map.of(), Optional.empty(), Optional.empty())),
            site.router());
  }

  @AfterEach
  void stop() {
    server.drain(Duration.ZERO);
  }

  /** Somebody else takes the seat meanwhile; the page says that all is well. */
  private void take(HttpExchange exchange) throws IOException {
    Session session = SessionFilter.session(exchange);
    assertTrue(session.exists());
    Session other = sessions.open(exchange.getRequestHeaders().get("Cookie"));
    other.set(SEAT, other.get(SEAT).orElse("") + "+");
    assertEquals(CommitOutcome.STORED, other.commit());
    session.set(SEAT, "2B");
    exchange.getResponseHeaders().set("Location", "/saved");
    exchange.sendResponseHeaders(303, -1);
  }

  private String begun() {
    Session session = sessions.open(null);
    session.set("theme", "dark");
    session.commit();
    return session.setCookie().orElseThrow().replaceFirst(";.*", "");
  }

  private HttpResponse<String> send(String method, String path, String cookie, String accept)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri)
            .method(method, BodyPublishers.noBody())
            .headers("Cookie", cookie, "Accept", accept)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aChangeThatIsNotStoredIsAProblemForPeopleAndPrograms() throws Exception {
    String cookie = begun();
    HttpResponse<String> page = send("POST", "/seat", cookie, "text/html");
    assertEquals(409, page.statusCode());
    assertEquals("text/html; charset=utf-8", page.headers().firstValue("Content-Type").get());
    assertTrue(page.body().contains("Nothing was saved"), page.body());
    assertEquals(Optional.empty(), page.headers().firstValue("Location"));
    assertEquals(Optional.of("no-store"), page.headers().firstValue("Cache-Control"));

    HttpResponse<String> problem = send("POST", "/seat", cookie, "application/json");
    assertEquals(409, problem.statusCode());
    assertEquals("application/problem+json", problem.headers().firstValue("Content-Type").get());
    assertEquals(
        409, JsonParser.parseString(problem.body()).getAsJsonObject().get("status").getAsInt());
    assertEquals(Optional.of("++"), sessions.open(List.of(cookie)).get(SEAT));
  }

  @Test
  void whatAHandlerSetBeforeItThrewIsNotStored() throws Exception {
    String cookie = begun();
    assertEquals(403, send("POST", "/thrown", cookie, "text/html").statusCode());
    assertEquals(Map.of("theme", "dark"), sessions.open(List.of(cookie)).attributes());
  }

  @Test
  void aWrappedOutageIsAnOutage() throws Exception {
    HttpResponse<String> answer = send("GET", "/wrapped", begun(), "text/html");
    assertEquals(503, answer.statusCode());
    assertEquals(Optional.of("5"), answer.headers().firstValue("Retry-After"));
  }
}
