// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.lms.session.CookieSettings;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.cookie.MemoryRevocations;
import dev.lms.session.file.FileSessionStore;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own cookie jar, which quotes whatever has a Max-Age, keeps a permanent session. */
class JavaClientTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  @TempDir Path folder;

  @Test
  void aPermanentSessionIsKept() throws Exception {
    CookieSettings cookie = CookieSettings.plainHttp().withPermanent(true);
    try (SessionStore files = FileSessionStore.open(folder.resolve("sessions"), KEYS);
        SessionStore sealed =
            new CookieSessionStore(KEYS, cookie.name(), "tests", new MemoryRevocations())) {
      for (SessionStore store : List.of(files, sealed)) {
        keepsIn(
            Sessions.builder(store, KEYS)
                .settings(SessionSettings.defaults().withCookie(cookie))
                .clock(Clock.systemUTC())
                .build());
      }
    }
  }

  private static void keepsIn(Sessions sessions) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server
        .createContext(
            "/",
            exchange ->
                TestSite.answer(
                    exchange, 200, "" + SessionFilter.session(exchange).add("visits", 1)))
        .getFilters()
        .add(new SessionFilter(sessions));
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      CookieManager jar = new CookieManager();
      HttpClient client = HttpClient.newBuilder().cookieHandler(jar).build();
      for (int visit = 1; visit <= 3; visit++) {
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals("" + visit, answer.body());
      }
      // What HttpURLConnection sends for the same jar, without a handler for the whole process.
      List<String> sent = requireNonNull(jar.get(uri, Map.of()).get("Cookie"));
      assertTrue(sent.toString().contains("session=\""), sent.toString());
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setRequestProperty("Cookie", String.join("; ", sent));
      try (var body = connection.getInputStream()) {
        assertEquals("4", new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
    } finally {
      server.stop(0);
    }
  }
}
