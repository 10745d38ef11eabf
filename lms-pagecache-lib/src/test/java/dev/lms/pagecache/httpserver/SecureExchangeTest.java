// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
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
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS, the exchange behind the cache is what it was, and who is at the other end is read. */
class SecureExchangeTest {
  private static final String PASSWORD = "for tests";

  @TempDir Path folder;
  private final AtomicInteger renders = new AtomicInteger();

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

  private void tell(HttpExchange exchange) throws IOException {
    HttpsExchange secure = assertInstanceOf(HttpsExchange.class, exchange);
    String read =
        exchange.getRequestURI().getPath().equals("/tls")
            ? secure.getSSLSession().getProtocol()
            : "unread";
    byte[] body = (read + " " + renders.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void handlersCanAskForTheTlsSessionAndThatIsNotShared() throws Exception {
    SSLContext tls = tls();
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try {
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      server.setExecutor(threads);
      InstantSource clock = InstantSource.system();
      PageCache cache =
          PageCache.builder(new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock))
              .clock(clock)
              .build();
      Optional<PageRule> rule = Optional.of(PageRule.shared(Duration.ofSeconds(90)));
      server
          .createContext("/", this::tell)
          .getFilters()
          .add(
              PageCacheFilter.builder(cache, exchange -> rule, exchange -> Asker.ANONYMOUS)
                  .personalReads(exchange -> 0)
                  .build());
      server.start();
      HttpClient client = HttpClient.newBuilder().sslContext(tls).build();
      String origin = "https://127.0.0.1:" + server.getAddress().getPort();
      assertEquals("unread 1", get(client, origin + "/page"));
      assertEquals("unread 1", get(client, origin + "/page"), "a hit");
      assertTrue(get(client, origin + "/tls").startsWith("TLSv1"));
      assertEquals("TLSv1.3 3", get(client, origin + "/tls"), "rendered for each");
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  /** A certificate says who is asking, also where answers decide and say that all may keep them. */
  @Test
  void whoProvedTheirNameIsNotSharedWhereAnswersDecide() throws Exception {
    SSLContext tls = tls();
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try {
      server.setHttpsConfigurator(
          new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters own = tls.getDefaultSSLParameters();
              own.setNeedClientAuth(true);
              parameters.setSSLParameters(own);
            }
          });
      server.setExecutor(threads);
      InstantSource clock = InstantSource.system();
      PageCache cache =
          PageCache.builder(new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock))
              .clock(clock)
              .build();
      Optional<PageRule> rule =
          Optional.of(PageRule.rfc9111(Audience.EVERYONE, Duration.ofSeconds(90)));
      server
          .createContext(
              "/",
              exchange -> {
                assertInstanceOf(HttpsExchange.class, exchange);
                if (exchange.getRequestMethod().equals("POST")) {
                  exchange.sendResponseHeaders(204, -1);
                  exchange.close();
                  return;
                }
                String name =
                    exchange.getRequestURI().getPath().equals("/who")
                        ? ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName()
                        : "all";
                byte[] body =
                    (name + " " + renders.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
              })
          .getFilters()
          .add(
              PageCacheFilter.builder(
                      cache,
                      exchange -> {
                        assertInstanceOf(HttpsExchange.class, exchange);
                        return rule;
                      },
                      exchange -> Asker.ANONYMOUS)
                  .personalReads(exchange -> 0)
                  .build());
      server.start();
      HttpClient client = HttpClient.newBuilder().sslContext(tls).build();
      String origin = "https://127.0.0.1:" + server.getAddress().getPort();
      assertEquals("CN=site 1", get(client, origin + "/who"));
      assertEquals("CN=site 2", get(client, origin + "/who"));
      assertEquals("all 3", get(client, origin + "/all"));
      assertEquals("all 3", get(client, origin + "/all"));
      assertEquals(
          204,
          client
              .send(
                  HttpRequest.newBuilder(URI.create(origin + "/all"))
                      .method("POST", HttpRequest.BodyPublishers.noBody())
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode());
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private static String get(HttpClient client, String uri) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(20)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
