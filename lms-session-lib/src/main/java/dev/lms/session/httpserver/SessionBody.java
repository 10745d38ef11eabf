// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a handler writes: to the client, or to nobody once something else was sent instead of its
 * answer. For one thread at a time.
 */
final class SessionBody extends OutputStream {
  /** What a handler may write to nobody. One that streams would go on until the server stops. */
  private static final long MOST = 64 * 1024;

  private static final long OF_A_FLUSH = 4 * 1024;

  private final HttpExchange exchange;
  private @Nullable OutputStream client;
  private boolean ignored;
  private long written;

  SessionBody(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /** From now on nobody reads it. */
  void ignore() {
    ignored = true;
  }

  /** Thrown to whoever goes on writing, as if the client had gone. */
  static final class NobodyReads extends IOException {
    private static final long serialVersionUID = 1;

    NobodyReads() {
      super("nobody reads this: another answer was sent instead, because of its session");
    }
  }

  private OutputStream client() {
    if (client == null) {
      client = exchange.getResponseBody();
    }
    return client;
  }

  private void ignore(long bytes) throws IOException {
    if (written > MOST) {
      throw new NobodyReads();
    }
    written += bytes;
  }

  @Override
  public void write(int b) throws IOException {
    if (ignored) {
      ignore(1);
    } else {
      client().write(b);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (ignored) {
      ignore(length);
    } else {
      client().write(bytes, offset, length);
    }
  }

  @Override
  public void flush() throws IOException {
    if (ignored) {
      ignore(OF_A_FLUSH);
    } else {
      client().flush();
    }
  }

  @Override
  public void close() throws IOException {
    if (!ignored) {
      client().close();
    }
  }
}
