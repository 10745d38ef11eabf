// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes answers to the JDK's server in pieces. For each connection, as long as it is open, that
 * server keeps a buffer of twice the longest piece it ever wrote there: with long pages, a few
 * hundred idle connections would fill the heap. Each piece costs a system call; so what is not long
 * is written whole while connections are few.
 */
final class SmallWrites extends Filter {
  /** What the buffer holds from the beginning, so that it never grows. */
  private static final int PIECE = 4096;

  /** What status and header fields take of the first piece, most often. */
  private static final int HEAD = 1024;

  private static final int LONG = 16 * 1024;

  private static final int MANY = 256;

  private final CrowdSense connections = new CrowdSense(MANY, System::nanoTime);

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    boolean many = connections.isCrowded(exchange.getRemoteAddress().getPort());
    exchange.setStreams(null, new Pieces(exchange.getResponseBody(), many ? 0 : LONG));
    chain.doFilter(exchange);
  }

  @Override
  public String description() {
    return "small writes";
  }

  /**
   * Leaves the last piece to whoever closes, so that most answers are written as often as before.
   */
  private static final class Pieces extends OutputStream {
    private final OutputStream out;
    private final int whole;
    private int room = PIECE - HEAD;

    /**
     * A stream.
     *
     * @param whole up to which length a piece is not divided
     */
    Pieces(OutputStream out, int whole) {
      this.out = out;
      this.whole = whole;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length <= whole) {
        out.write(bytes, offset, length);
        return;
      }
      int at = offset;
      int left = length;
      while (left > room) {
        out.write(bytes, at, room);
        at += room;
        left -= room;
        flush();
      }
      out.write(bytes, at, left);
      room -= left;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
      room = PIECE;
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
