// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where a servlet writes bytes: to the client, or to nobody. */
final class CommittingStream extends ServletOutputStream {
  private final SessionResponse response;
  private final @Nullable ServletOutputStream client;
  private final Ignored ignored = new Ignored();

  /**
   * @param client null if something else was sent already
   */
  CommittingStream(SessionResponse response, @Nullable ServletOutputStream client) {
    this.response = response;
    this.client = client;
  }

  @Override
  public void write(int b) throws IOException {
    if (response.isWritten(1) && client != null) {
      client.write(b);
    } else {
      ignored.add(1);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (response.isWritten(length) && client != null) {
      client.write(bytes, offset, length);
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

  @Override
  public boolean isReady() {
    return client == null || client.isReady();
  }

  @Override
  public void setWriteListener(WriteListener listener) {
    if (client != null) {
      client.setWriteListener(listener);
    }
  }
}
