// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.Charset;

/** Where a servlet writes text. */
final class ShownWriter extends Writer {
  private final ShownResponse answer;
  private final OutputStreamWriter encoder;

  ShownWriter(ShownResponse answer, Charset charset) {
    this.answer = answer;
    this.encoder = new OutputStreamWriter(new Bytes(answer), charset);
  }

  /** Takes them to the answer, and no further. */
  private static final class Bytes extends OutputStream {
    private final ShownResponse answer;

    Bytes(ShownResponse answer) {
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
  }

  /** Has all text be bytes. */
  void encode() throws IOException {
    encoder.flush();
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    encoder.write(text, offset, length);
  }

  @Override
  public void flush() throws IOException {
    answer.flushBuffer();
  }

  @Override
  public void close() throws IOException {
    answer.finish();
  }
}
