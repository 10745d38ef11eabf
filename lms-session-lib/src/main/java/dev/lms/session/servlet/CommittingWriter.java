// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Where a servlet writes text: to the client, or to nobody. */
final class CommittingWriter extends Writer {
  /** No encoding makes more of a character. */
  private static final int MOST_BYTES = 4;

  private final SessionResponse response;
  private final @Nullable PrintWriter client;
  private final Ignored ignored = new Ignored();

  /**
   * @param client null if something else was sent already
   */
  CommittingWriter(SessionResponse response, @Nullable PrintWriter client) {
    this.response = response;
    this.client = client;
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    if (response.isWritten((long) length * MOST_BYTES) && client != null) {
      client.write(text, offset, length);
    } else {
      ignored.add(length);
    }
  }

  @Override
  public void flush() throws IOException {
    if (response.commit(response.getStatus()) && client != null) {
      client.flush();
    } else {
      ignored.add(Ignored.OF_A_FLUSH);
    }
  }

  @Override
  public void close() throws IOException {
    if (response.commit(response.getStatus()) && client != null) {
      client.close();
    }
  }
}
