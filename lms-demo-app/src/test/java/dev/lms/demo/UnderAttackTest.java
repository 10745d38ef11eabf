// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser.Answer;
import dev.lms.demo.config.Config;
import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.wiring.RunningSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole site, while somebody at another address does harm: others notice nothing. */
class UnderAttackTest {
  private static final InetAddress ATTACKER = InetAddress.ofLiteral("127.0.0.2");

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // Each test begins with it.
  private RunningSite site;

  private final List<Socket> sockets = new ArrayList<>();

  private void start(HttpProvider provider) throws IOException {
    Config config =
        Config.read(
            Map.of(
                "LMS_HTTP_PROVIDER", provider.name(),
                "LMS_ENV", "development",
                "LMS_HOST", "0.0.0.0",
                "LMS_PORT", "0",
                "LMS_DATA_DIR", folder.toString(),
                "SECRET_KEY", "a secret for tests, long enough 0001"));
    site = RunningSite.start(config, Plans.small(), App.features(), Map.of());
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    site.stop(Duration.ofSeconds(5));
  }

  private URI address() {
    return URI.create("http://127.0.0.1:" + site.port());
  }

  private void attack(String text) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(ATTACKER, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), site.port()));
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private int signIn(String name) {
    Browser browser = new Browser(address());
    String token = browser.get("/user/login").token();
    return browser
        .post("/user/login", Map.of("username", name, "password", name, "csrf_token", token))
        .status();
  }

  /** More of them than there are places for requests. */
  @ParameterizedTest
  @EnumSource
  void slowBodiesHoldUpNobody(HttpProvider provider) throws IOException {
    start(provider);
    for (int i = 0; i < 130; i++) {
      attack("POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nu");
    }
    for (int i = 0; i < 10; i++) {
      assertEquals(200, new Browser(address()).get("/course/explore").status());
    }
    assertEquals(303, signIn("student1"));
  }

  @ParameterizedTest
  @EnumSource
  void whoDoesNotReadHoldsUpNobody(HttpProvider provider) throws IOException {
    start(provider);
    String page = "GET /course/explore HTTP/1.1\r\nHost: x\r\n\r\n";
    for (int i = 0; i < 140; i++) {
      attack(page.repeat(40));
    }
    for (int i = 0; i < 10; i++) {
      assertEquals(200, new Browser(address()).get("/course/explore").status());
    }
  }

  @Test
  void aFloodOfWrongPasswordsKeepsNobodyOut() throws Exception {
    start(HttpProvider.JDK);
    Browser attacker = new Browser(address());
    Answer form = attacker.get("/user/login");
    String cookie = "lms_login=" + attacker.cookies().get("lms_login");
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger tried = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient client = HttpClient.newBuilder().localAddress(ATTACKER).build()) {
      for (int i = 0; i < 60; i++) {
        String account = "student" + (1 + i % 9);
        threads.execute(
            () -> {
              while (!over.get()) {
                try {
                  HttpRequest guess =
                      HttpRequest.newBuilder(address().resolve("/user/login"))
                          .header("Cookie", cookie)
                          .header("Content-Type", "application/x-www-form-urlencoded")
                          .POST(
                              BodyPublishers.ofString(
                                  "username="
                                      + account
                                      + "&password=guess&csrf_token="
                                      + URLEncoder.encode(form.token(), StandardCharsets.UTF_8)))
                          .build();
                  int status = client.send(guess, BodyHandlers.discarding()).statusCode();
                  tried.incrementAndGet();
                  if (status == 429) {
                    refused.incrementAndGet();
                  }
                } catch (IOException e) {
                  // Cut: as good as refused.
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
      }
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (tried.get() < 60) {
        assertTrue(System.nanoTime() < giveUp, () -> tried + " guesses");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
      for (int i = 1; i <= 9; i++) {
        assertEquals(303, signIn("student" + i), "the owner of an account that is guessed");
      }
      over.set(true);
    }
    assertTrue(refused.get() > 0, "most guesses are not looked at");
  }
}
