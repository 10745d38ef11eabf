// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.lms.session.KeyRing;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS, the exchange behind the filter is what it was. */
class SecureExchangeTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final String PASSWORD = "for tests";

  @TempDir Path folder;

  private SSLContext tls() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "site",
                "-keyalg",
                "EC",
                "-dname",
                "CN=site",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return tls;
  }

  private static void tell(HttpExchange exchange) throws IOException {
    HttpsExchange secure = assertInstanceOf(HttpsExchange.class, exchange);
    long visits = SessionFilter.session(exchange).add("visits", 1);
    String text =
        String.join(
            " ",
            secure.getSSLSession().getProtocol(),
            exchange.getRequestMethod() + exchange.getRequestURI() + exchange.getProtocol(),
            "" + exchange.getRemoteAddress().getAddress().isLoopbackAddress(),
            "" + exchange.getLocalAddress().getAddress().isLoopbackAddress(),
            exchange.getHttpContext().getPath(),
            "" + exchange.getPrincipal(),
            "" + exchange.getAttribute("mine"),
            "" + exchange.getRequestBody().readAllBytes().length,
            "" + visits);
    exchange.setAttribute("mine", "set");
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("X-Seen", exchange.getRequestHeaders().getFirst("X-Sent"));
    exchange.setStreams(null, null);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    assertEquals(200, exchange.getResponseCode());
    exchange.close();
  }

  private static HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20));
  }

  @Test
  void handlersCanAskForTheTlsSession() throws Exception {
    SSLContext tls = tls();
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (FileSessionStore store = FileSessionStore.open(folder.resolve("sessions"), KEYS)) {
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      server.setExecutor(threads);
      server
          .createContext("/", SecureExchangeTest::tell)
          .getFilters()
          .add(new SessionFilter(Sessions.of(store, KEYS)));
      server.start();
      URI uri = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/page");
      HttpClient client = HttpClient.newBuilder().sslContext(tls).build();
      HttpResponse<String> first =
          client.send(
              request(uri).header("X-Sent", "hello").build(), HttpResponse.BodyHandlers.ofString());
      assertEquals("TLSv1.3 GET/pageHTTP/1.1 true true / null null 0 1", first.body());
      assertEquals("hello", first.headers().firstValue("X-Seen").orElse(""));
      String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
      HttpResponse<String> second =
          client.send(
              request(uri).headers("Cookie", cookie, "X-Sent", "again").build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals("TLSv1.3 GET/pageHTTP/1.1 true true / null null 0 2", second.body());
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
