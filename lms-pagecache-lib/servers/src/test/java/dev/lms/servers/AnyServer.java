// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.adapter.PageAdapter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.TokenHeader;
import dev.lms.session.memory.MemorySessionStore;
import io.helidon.webserver.WebServer;
import io.undertow.Undertow;
import io.undertow.server.handlers.BlockingHandler;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A server without an adapter, with both libraries and a program on it. */
abstract class AnyServer {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  record Running(int port, Runnable stop) {}

  static final AnyServer UNDERTOW =
      new AnyServer() {
        @Override
        Running start(Sessions sessions, PageAdapter<Call> pages, Courses courses) {
          Undertow server =
              Undertow.builder()
                  .addHttpListener(0, "127.0.0.1")
                  .setIoThreads(1)
                  .setWorkerThreads(4)
                  .setHandler(new BlockingHandler(new UndertowSite(sessions, pages, courses)))
                  .build();
          server.start();
          InetSocketAddress at =
              (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
          return new Running(at.getPort(), server::stop);
        }

        @Override
        public String toString() {
          return "Undertow";
        }
      };
  static final AnyServer HELIDON =
      new AnyServer() {
        @Override
        Running start(Sessions sessions, PageAdapter<Call> pages, Courses courses) {
          WebServer server =
              WebServer.builder()
                  .host("127.0.0.1")
                  .port(0)
                  .routing(routing -> routing.any(new HelidonSite(sessions, pages, courses)))
                  .build()
                  .start();
          return new Running(server.port(), server::stop);
        }

        @Override
        public String toString() {
          return "Helidon";
        }
      };

  final AtomicBoolean isAway = new AtomicBoolean();
  private final PageCache cache = PageCache.of(new LocalPageStore(1 << 20));
  private final Sessions sessions =
      Sessions.of(
          goingAway(MemorySessionStore.open(KEYS)),
          KEYS,
          SessionSettings.plainHttp().withTokenHeader(TokenHeader.authorization()));
  final Running running = start(sessions, Call.pages(cache), new Courses(cache, sessions));

  private SessionStore goingAway(SessionStore store) {
    return (SessionStore)
        Proxy.newProxyInstance(
            SessionStore.class.getClassLoader(),
            new Class<?>[] {SessionStore.class},
            (proxy, method, arguments) -> {
              if (isAway.get() && method.getName().equals("open")) {
                throw new SessionStoreException("away");
              }
              return method.invoke(store, arguments);
            });
  }

  abstract Running start(Sessions sessions, PageAdapter<Call> pages, Courses courses);

  HttpResponse<String> ask(String method, String path, String... fields) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running.port() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (fields.length > 0) {
      request.headers(fields);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Signs in; returns the cookie. */
  String signIn(String... fields) throws Exception {
    HttpResponse<String> signedIn = ask("POST", "/login", fields);
    assertEquals(303, signedIn.statusCode());
    assertEquals("no-store", signedIn.headers().firstValue("Cache-Control").orElseThrow());
    return cookieOf(signedIn);
  }

  static String cookieOf(HttpResponse<String> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
  }
}
