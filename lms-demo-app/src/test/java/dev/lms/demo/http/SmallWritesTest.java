// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the JDK's server, which keeps what it is handed. */
class SmallWritesTest {
  private static final int CONNECTIONS = 300;
  private static final int LONG = 100_000;

  private static byte[] body(int length) {
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      body[i] = (byte) ('a' + i % 23);
    }
    return body;
  }

  /** {@code /length/announced/count}: that many bytes in that many writes. */
  private static void answer(HttpExchange exchange) throws IOException {
    String[] asked = RequestTarget.of(exchange).path().split("/", -1);
    byte[] body = body(Integer.parseInt(asked[1]));
    int step = Math.max(1, body.length / Integer.parseInt(asked[3]));
    exchange.sendResponseHeaders(200, asked[2].equals("announced") ? body.length : 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int at = 0; at < body.length; at += step) {
        out.write(body, at, Math.min(step, body.length - at));
      }
    }
  }

  private static Socket connect(TestSite site) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), site.server.address().getPort());
  }

  private static void ask(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads an answer of a known length and leaves the connection open. */
  private static byte[] read(Socket socket, int length) throws IOException {
    InputStream in = socket.getInputStream();
    int ends = 0;
    while (ends < 4) {
      int b = in.read();
      assertTrue(b >= 0, "the head broke off");
      ends = b == '\r' || b == '\n' ? ends + 1 : 0;
    }
    return in.readNBytes(length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3072, 3073, 16_384, 16_385, 24_577})
  void whatIsWrittenArrivesHoweverItIsDivided(int length) throws Exception {
    try (TestSite site = TestSite.bare(List.of(), SmallWritesTest::answer)) {
      for (int writes : List.of(1, 7)) {
        try (Socket socket = connect(site)) {
          for (int again = 0; again < 2; again++) {
            ask(socket, "/" + length + "/announced/" + writes);
            assertArrayEquals(body(length), read(socket, length));
          }
        }
        assertEquals(
            new String(body(length), StandardCharsets.US_ASCII),
            site.get("/" + length + "/chunked/" + writes).body());
      }
    }
  }

  /** Their buffers would have 200 KB each. */
  @Test
  void connectionsThatGotLongAnswersHoldNoMoreThanOthers() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try (TestSite site = TestSite.bare(List.of(), SmallWritesTest::answer)) {
      site.get("/" + LONG + "/announced/1");
      long before = used();
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = connect(site);
        idle.add(socket);
        ask(socket, "/" + LONG + "/announced/1");
      }
      for (Socket socket : idle) {
        assertEquals(LONG, read(socket, LONG).length);
      }
      // A client has its answer a moment before the server is done with it.
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      long each = Long.MAX_VALUE;
      while (each >= 50_000) {
        assertTrue(System.nanoTime() < giveUp, each + " bytes for each connection");
        each = (used() - before) / CONNECTIONS;
      }
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  private static long used() {
    long[] seen = new long[3];
    for (int i = 0; i < seen.length; i++) {
      System.gc();
      seen[i] = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
    return Arrays.stream(seen).min().orElseThrow();
  }
}
