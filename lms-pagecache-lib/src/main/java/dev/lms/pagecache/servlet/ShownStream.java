// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** Where a servlet writes bytes. */
final class ShownStream extends ServletOutputStream {
  private final ShownResponse answer;

  ShownStream(ShownResponse answer) {
    this.answer = answer;
  }

  @Override
  public void write(int b) throws IOException {
    answer.write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    answer.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    answer.flushBuffer();
  }

  @Override
  public void close() throws IOException {
    answer.finish();
  }

  @Override
  public boolean isReady() {
    return answer.isReady();
  }

  @Override
  public void setWriteListener(WriteListener listener) {
    answer.writesWhenReady(listener);
  }
}
