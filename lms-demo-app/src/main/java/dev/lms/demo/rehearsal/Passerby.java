// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.rehearsal;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A stranger on one connection. Takes next to nothing of the processor: what it would take, the
 * site is to have. For one thread.
 */
final class Passerby implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Where a copy of the site listens. */
  private static final byte[] HOST = {127, 0, 0, 1};

  private static final int BUFFER = 16 * 1024;
  private static final String LENGTH = "content-length:";

  private final Socket socket = new Socket();
  private final InputStream in;

  /** Of a site on this machine. */
  Passerby(int port) throws IOException {
    try {
      int patience = (int) PATIENCE.toMillis();
      socket.connect(new InetSocketAddress(InetAddress.getByAddress(HOST), port), patience);
      socket.setSoTimeout(patience);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Asks for a page, and waits for nothing.
   *
   * @param further headers, each with its line's end
   */
  void ask(String target, String further) throws IOException {
    String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + further + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Waits for what was asked for.
   *
   * @return the page as it was sent
   * @throws IOException if it is not one that says how long it is
   */
  byte[] take() throws IOException {
    String status = line();
    int length = -1;
    for (String field = line(); !field.isEmpty(); field = line()) {
      if (field.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Integer.parseInt(field.substring(LENGTH.length()).strip());
      }
    }
    if (length < 0 || !status.contains(" 200 ")) {
      throw new IOException("a visitor was answered " + status);
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("a page ended early");
    }
    return body;
  }

  /** Is gone at once, as by a network that breaks. */
  void vanish() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the site closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
