// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that mean no good, or break off, can do to others. Raw sockets throughout. */
@ParameterizedClass
@EnumSource(names = "JDK")
class HardeningTest {
  private final HttpProvider provider;

  private static final String SECOND = "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n";

  private final BodyFilter bodies = new BodyFilter(Duration.ofSeconds(2), Clients.BY_CONNECTION);
  private final List<Socket> sockets = new ArrayList<>();
  private TestSite site;

  /** Waits for bodies for longer than it takes to send many. */
  private final BodyFilter patientBodies =
      new BodyFilter(Duration.ofMinutes(1), Clients.BY_CONNECTION);

  private TestSite patient;

  HardeningTest(HttpProvider provider) {
    this.provider = provider;
  }

  @BeforeEach
  void start() throws IOException {
    Router router =
        new Router(
            List.of(
                Route.get("/quick", r -> r.text(200, "quick")),
                Route.get("/big", r -> r.text(200, "x".repeat(8 << 20))),
                new Route("POST", "/form", r -> r.text(200, r.form().get("a").orElse("none")))));
    site = TestSite.with(provider, List.of(bodies, places()), router);
    patient = TestSite.with(provider, List.of(patientBodies, places()), router);
  }

  /** Fewer than those who do harm, and some for whom a place is not yet free again. */
  private static AdmissionFilter places() {
    return new AdmissionFilter(2, 4, Duration.ofSeconds(30), Set.of());
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    bodies.close();
    site.close();
    patientBodies.close();
    patient.close();
  }

  private Socket send(String text) throws IOException {
    return send(site, text);
  }

  private Socket send(TestSite to, String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.server.address().getPort());
    sockets.add(socket);
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  /** All that comes until the server closes, which it must: however it does. */
  private static String toTheEnd(Socket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] some = new byte[8192];
    try {
      for (int n = socket.getInputStream().read(some);
          n >= 0;
          n = socket.getInputStream().read(some)) {
        text.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
      }
    } catch (SocketException reset) {
      // A close with something unread is a reset.
    }
    return text.toString();
  }

  private static int answers(String text) {
    return text.split("HTTP/1\\.1 [0-9]{3} ", -1).length - 1;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /form|chunked|3\\r\\na=b\\r\\n0\\r\\n\\r\\n",
        "POST /form|chunked|100000003\\r\\na=b\\r\\n0\\r\\n\\r\\n",
        "POST /form|chunked|\\r\\n",
        "POST /form|chunked|zz\\r\\n",
        "POST /form|CHUNKED|0\\r\\n\\r\\n",
        "GET /quick|chunked|0\\r\\n\\r\\n",
        "POST /form|chunked|"
      })
  void aBodyInChunksIsNeverRead(String request) throws IOException {
    String[] parts = request.replace("\\r\\n", "\r\n").split("\\|", -1);
    String answer =
        toTheEnd(
            send(
                parts[0]
                    + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                    + parts[1]
                    + "\r\n\r\n"
                    + parts[2]
                    + SECOND));
    assertTrue(answer.startsWith("HTTP/1.1 411 "), answer);
    assertTrue(answer.contains("Connection: close"), answer);
    assertTrue(answer.contains("Content-security-policy: "), answer);
    assertEquals(1, answers(answer), "what stands behind it is no request: " + answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /quick HTTP/1.1\\r\\n\\r\\n",
        "GET /quick HTTP/1.1\\r\\nHost: x\\r\\nHost: y\\r\\n\\r\\n",
        "GET /quick HTTP/1.1\\r\\nHost: x y\\r\\n\\r\\n",
        "GET /quick HTTP/1.1\\r\\nHost: x@y\\r\\n\\r\\n",
        "POST /form HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: +3\\r\\n\\r\\na=b",
        "GET /quick HTTP/2.0\\r\\nHost: x\\r\\n\\r\\n",
        "GET /quick HTTP/1.10\\r\\nHost: x\\r\\n\\r\\n",
        "GET /quick x HTTP/0.9\\r\\nHost: x\\r\\n\\r\\n"
      })
  void whatServersReadDifferentlyIsRefused(String request) throws IOException {
    assertEquals("quick", site.get("/quick").body(), "whoever came before");
    String answer = toTheEnd(send(request.replace("\\r\\n", "\r\n") + SECOND));
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    assertTrue(answer.contains("<h1>Bad request</h1>"), answer);
    assertTrue(answer.contains("X-content-type-options: nosniff"), answer);
    assertEquals(1, answers(answer), answer);
  }

  @Test
  void whatEverybodyReadsAlikeIsServed() throws IOException {
    for (String host : List.of("x", "x:8080", "[::1]:80", "ex-am.ple", "127.0.0.1:1")) {
      assertTrue(
          toTheEnd(send("GET /quick HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n"))
              .startsWith("HTTP/1.1 200 "),
          host);
    }
    assertTrue(toTheEnd(send("GET /quick HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 "));
    assertEquals("b", site.post("/form", "application/x-www-form-urlencoded", "a=b").body());
  }

  private static void awaitArriving(int count, BodyFilter bodies) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (bodies.arriving() != count) {
      assertTrue(System.nanoTime() < giveUp, () -> bodies.arriving() + " arrive");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  @Test
  void slowBodiesHoldUpNobodyAndAreCut() throws IOException {
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      slow.add(send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\na"));
    }
    assertEquals("quick", site.get("/quick").body());
    for (Socket socket : slow) {
      assertEquals("", toTheEnd(socket), "there is nobody to answer");
    }
    // A client sees the end a moment before its place is free.
    awaitArriving(0, bodies);
    assertEquals("b", site.post("/form", "application/x-www-form-urlencoded", "a=b").body());
  }

  @Test
  void ofOneAddressSoManyBodiesArriveAtOnce() throws IOException {
    for (int i = 0; i < 64; i++) {
      send(patient, "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\na");
    }
    awaitArriving(64, patientBodies);
    String answer =
        toTheEnd(send(patient, "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b"));
    assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
    assertEquals("quick", patient.get("/quick").body());
  }

  @Test
  void whoDoesNotReadHoldsUpNobody() throws IOException {
    for (int i = 0; i < 10; i++) {
      send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3)).getInputStream().read();
    }
    for (int i = 0; i < 5; i++) {
      assertEquals("quick", site.get("/quick").body());
    }
  }

  @Test
  void whatIsTooLargeIsRefusedUnread() throws IOException {
    String answer =
        toTheEnd(send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\na"));
    assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    assertEquals(
        413, site.refuse("/form", "application/x-www-form-urlencoded", "a=" + "b".repeat(70_000)));
  }

  @Test
  void whoBreaksOffIsNoFailureOfOurs() throws IOException {
    Queue<LogRecord> told = new ConcurrentLinkedQueue<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord event) {
            told.add(event);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(ErrorFilter.class.getName());
    logger.setLevel(Level.FINE);
    logger.addHandler(handler);
    try {
      send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\na").close();
      long deadline = System.nanoTime() + 60_000_000_000L;
      while (told.isEmpty() && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertFalse(told.isEmpty(), "it is told at DEBUG");
      assertTrue(
          told.stream()
              .allMatch(
                  event ->
                      event.getLevel().intValue() <= Level.FINE.intValue()
                          && event.getThrown() == null),
          told.toString());
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(null);
    }
  }
}
